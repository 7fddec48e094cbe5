/**
 * A message as rosbridge takes it: JSON with arrays of bytes in base64. Throws on a number that is not finite, naming its
 * field: JSON has none, and the server would make another of it in silence.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (key, part) => {
    if (typeof part === "number" && !Number.isFinite(part)) throw notFinite(key, part);
    if (part instanceof Uint8Array) return Buffer.from(part).toString("base64");
    if (typeof part === "bigint") return Number(part);
    return ArrayBuffer.isView(part) ? finite(key, part as Float64Array) : part;
  });
}

function finite(key: string, values: ArrayLike<number>): number[] {
  return Array.from(values, (value) => {
    if (!Number.isFinite(value)) throw notFinite(key, value);
    return value;
  });
}

function notFinite(key: string, value: number): Error {
  return new Error(`rosbridge: "${key}" is not finite: ${value}; nothing was sent`);
}
