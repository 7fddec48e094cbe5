/**
 * What ROS's `camera_calibration` writes (camera_calibration_parsers, YAML): keys with a number or a word, and matrices as
 * rows, cols and data in brackets, over as many lines as they like. That much of YAML and no more. Throws through `fail`.
 */
export function parseCameraInfo(text: string, fail: (what: string) => never): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  let group: Record<string, unknown> | undefined;
  const lines = joinBrackets(text.split(/\r?\n/), fail);
  for (const { line, number } of lines) {
    if (line.trim() === "" || /^(#|---|%YAML)/.test(line.trim())) continue;
    const [, indent = "", key, rest = ""] = /^(\s*)([A-Za-z_][\w ]*?)\s*:(?:\s+(.*))?$/.exec(line) ?? [];
    if (key === undefined) return fail(`line ${number}: expected "key: value", found "${line.trim().slice(0, 40)}"`);
    const value = rest.replace(/\s+#.*$/, "").trim();
    const into =
      indent === "" ? fields : (group ?? fail(`line ${number}: expected "${key}" at the left, found it indented`));
    if (Object.hasOwn(into, key)) return fail(`line ${number}: expected "${key}" once, found it again`);
    if (value === "" || value.startsWith("!!")) {
      group = {};
      into[key] = group;
    } else {
      if (indent === "") group = undefined;
      into[key] = scalarOrList(value, number, fail);
    }
  }
  return fields;
}

function scalarOrList(value: string, line: number, fail: (what: string) => never): unknown {
  if (value.startsWith("[")) {
    const items = value
      .slice(1, -1)
      .split(",")
      .map((item) => item.trim());
    if (items.at(-1) === "") items.pop();
    return items.map((item) => {
      const number = Number(item);
      return item !== "" && Number.isFinite(number) ? number : fail(`line ${line}: expected a number, found "${item}"`);
    });
  }
  const word = value.replace(/^(["'])(.*)\1$/, "$2");
  return word !== "" && Number.isFinite(Number(word)) ? Number(word) : word;
}

/** Lists that go over several lines become one. */
function joinBrackets(lines: readonly string[], fail: (what: string) => never): { line: string; number: number }[] {
  const joined: { line: string; number: number }[] = [];
  let open: { line: string; number: number } | undefined;
  for (const [i, line] of lines.entries()) {
    if (open !== undefined) open.line += ` ${line.trim()}`;
    else {
      const each = { line, number: i + 1 };
      joined.push(each);
      if (/:\s+\[[^\]]*$/.test(line)) open = each;
    }
    if (open?.line.includes("]")) open = undefined;
  }
  if (open !== undefined) return fail(`line ${open.number}: expected "]", found the end of the file`);
  return joined;
}
