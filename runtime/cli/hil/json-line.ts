/** The line on which the value at `path` begins in a text of JSON, counted from 1; of the nearest one above it where it is missing. */
export function lineOf(text: string, path: readonly (string | number)[]): number {
  let at = 0;
  let found = 0;
  const space = (): void => {
    while (/[\s,:]/.test(text[at] ?? "")) at++;
  };
  const word = (): string => {
    const begin = at++;
    for (; text[at] !== '"'; at++) if (text[at] === "\\") at++;
    return JSON.parse(text.slice(begin, ++at)) as string;
  };
  /** `wanted`: how much of the path is still to be gone, undefined off the path. */
  const value = (wanted: readonly (string | number)[] | undefined): void => {
    space();
    if (wanted !== undefined) found = at;
    const open = text[at];
    if (open === '"') word();
    else if (open !== "{" && open !== "[") while (/[^\s,\]}]/.test(text[at] ?? ",")) at++;
    else {
      at++;
      for (let i = 0; ; i++) {
        space();
        if (text[at] === "}" || text[at] === "]" || at >= text.length) break;
        const key = open === "{" ? word() : i;
        value(wanted !== undefined && wanted[0] === key ? wanted.slice(1) : undefined);
      }
      at++;
    }
  };
  value(path);
  return text.slice(0, found).split("\n").length;
}

/** JSON from a file. Throws, naming the file, the line and what was expected. */
export function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    const place = /position (\d+)/.exec(message)?.[1];
    const line =
      place === undefined ? text.trimEnd().split("\n").length : text.slice(0, Number(place)).split("\n").length;
    throw new Error(`${file}:${line}: expected JSON: ${message}`);
  }
}
