import type { Quaternion, Vector } from "./rotation.ts";

/** So many finite numbers. Throws through `fail`, naming the field. */
export function numbers(value: unknown, count: number, name: string, fail: (what: string) => never): readonly number[] {
  if (Array.isArray(value) && value.length === count && value.every(Number.isFinite)) return value;
  return fail(`${name}: expected ${count} numbers, found ${JSON.stringify(value)}`);
}

/** A unit quaternion w x y z. */
export function unitQuaternion(value: unknown, name: string, fail: (what: string) => never): Quaternion {
  const q = numbers(value, 4, name, fail);
  const length = Math.hypot(...q);
  if (Math.abs(length - 1) > 1e-3) return fail(`${name}: expected a quaternion of length 1, found ${length}`);
  return [q[0]!, q[1]!, q[2]!, q[3]!];
}

export function vector(value: unknown, name: string, fail: (what: string) => never): Vector {
  const [x, y, z] = numbers(value, 3, name, fail);
  return [x!, y!, z!];
}

/** Median, and what 9 of 10 stay below. Throws on none. */
export function medianAndP90(values: readonly number[]): { readonly median: number; readonly p90: number } {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) throw new Error("median: expected numbers, found none");
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
  return { median, p90: sorted[Math.min(sorted.length - 1, Math.ceil(0.9 * sorted.length) - 1)]! };
}
