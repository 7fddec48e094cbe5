/** A tree of settings: every leaf a number, string, boolean or list of those. */
export type Tree = { readonly [key: string]: Leaf | Tree };
export type Leaf = number | string | boolean | readonly (number | string)[];

/**
 * Replaces one existing leaf, as in `--learner.replay.batch=8`. The default decides the type.
 * Throws on a key that does not exist and on text of another type, naming both.
 */
export function override<T extends object>(config: T, path: string, text: string, full = path): T {
  const [key = "", ...rest] = path.split(".");
  const tree = config as Record<string, unknown>;
  if (!Object.hasOwn(tree, key)) {
    throw new Error(`${full}: expected one of ${Object.keys(tree).join(", ")}, found "${key}"`);
  }
  const old = tree[key];
  if (isTree(old)) {
    if (rest.length === 0) throw new Error(`${full}: expected one of its settings, ${Object.keys(old).join(", ")}`);
    return { ...config, [key]: override(old, rest.join("."), text, full) };
  }
  if (rest.length > 0) throw new Error(`${full}: expected "${key}" to be the end, found "${rest.join(".")}" after it`);
  return { ...config, [key]: parseLike(old, text, full) };
}

function parseLike(old: unknown, text: string, name: string): unknown {
  if (typeof old === "number") {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (Number.isNaN(value)) throw new Error(`${name}: expected a number, found "${text}"`);
    return value;
  }
  if (typeof old === "boolean") {
    if (text !== "true" && text !== "false") throw new Error(`${name}: expected true or false, found "${text}"`);
    return text === "true";
  }
  if (Array.isArray(old)) {
    const items = text.split(",");
    return typeof old[0] === "number" ? items.map((item) => parseLike(0, item, name)) : items;
  }
  return text;
}

/**
 * `defaults` with the values that an earlier run saved. A setting that is new since then keeps its default; one that is
 * no longer known goes to `dropped`. Throws on a saved value of another type.
 */
export function restore<T extends object>(defaults: T, saved: unknown, dropped: string[] = [], at = ""): T {
  if (!isTree(saved)) throw new Error(`${at || "the whole"}: expected a group of settings, found ${describe(saved)}`);
  const result = { ...defaults } as Record<string, unknown>;
  for (const [key, value] of Object.entries(saved)) {
    const path = at ? `${at}.${key}` : key;
    const old = Object.hasOwn(result, key) ? result[key] : undefined;
    if (old === undefined) dropped.push(path);
    else if (isTree(old)) result[key] = restore(old, value, dropped, path);
    else result[key] = sameType(old, value, path);
  }
  return result as T;
}

/** JSON has no Infinity; `savable` writes it as text, and here it comes back. */
function sameType(old: unknown, value: unknown, path: string): unknown {
  if (typeof old === "number" && (value === "Infinity" || value === "-Infinity")) return Number(value);
  if (typeof old !== typeof value || Array.isArray(old) !== Array.isArray(value) || value === null) {
    throw new Error(`${path}: expected ${describe(old)} or the like, found ${describe(value)}`);
  }
  return value;
}

/** The tree as JSON can hold it. */
export function savable(value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (!isTree(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, savable(inner)]));
}

/** Every leaf by its dotted path. */
export function leaves(tree: object, at = ""): [path: string, value: unknown][] {
  return Object.entries(tree).flatMap(([key, value]): [string, unknown][] => {
    const path = at ? `${at}.${key}` : key;
    return isTree(value) ? leaves(value, path) : [[path, value]];
  });
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : `${typeof value} ${String(value)}`;
}
