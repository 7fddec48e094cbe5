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
    throw new Error(`config: no "${full}"; here there are ${Object.keys(tree).join(", ")}`);
  }
  const old = tree[key];
  if (typeof old === "object" && old !== null && !Array.isArray(old)) {
    if (rest.length === 0) throw new Error(`config: "${full}" is a group; it has ${Object.keys(old).join(", ")}`);
    return { ...config, [key]: override(old, rest.join("."), text, full) };
  }
  if (rest.length > 0) throw new Error(`config: no "${full}"; "${key}" is a value, not a group`);
  return { ...config, [key]: parseLike(old, text, full) };
}

function parseLike(old: unknown, text: string, name: string): unknown {
  if (typeof old === "number") {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (Number.isNaN(value)) throw new Error(`config: ${name} must be a number, found "${text}"`);
    return value;
  }
  if (typeof old === "boolean") {
    if (text !== "true" && text !== "false") throw new Error(`config: ${name} must be true or false, found "${text}"`);
    return text === "true";
  }
  if (Array.isArray(old)) {
    const items = text.split(",");
    return typeof old[0] === "number" ? items.map((item) => parseLike(0, item, name)) : items;
  }
  return text;
}
