import { MANIFEST_FORMAT, type PolicyManifest } from "./manifest.ts";

/** Bundles are named by ten digits. */
const MOST_VERSION = 9_999_999_999;
/** A belief of ours has some hundred numbers; what is larger is not believed. */
const MOST_BELIEF = 2 ** 20;
const MOST_WEIGHTS = 4096;
const MOST_DIMENSIONS = 8;
const HASH = /^[0-9a-f]{64}$/;

/** Throws, naming the field, when what came from outside is no manifest; how it fits its robot is another question. */
export function checkManifest(value: unknown): asserts value is PolicyManifest {
  if (typeof value !== "object" || value === null) throw new Error(`policy: expected a manifest, found ${text(value)}`);
  const manifest = value as Readonly<Record<keyof PolicyManifest, unknown>>;
  const { formatVersion, policyVersion, weights } = manifest;
  whole("policyVersion", policyVersion, 0, MOST_VERSION);
  const name = `policy ${policyVersion}`;
  if (formatVersion !== MANIFEST_FORMAT) {
    throw new Error(`${name}: expected format ${MANIFEST_FORMAT}, found ${text(formatVersion)}`);
  }
  for (const field of ["learnerUpdates", "transitions"] as const) {
    whole(field, manifest[field], 0, Number.MAX_SAFE_INTEGER);
  }
  for (const field of ["deter", "stochGroups", "stochClasses"] as const) whole(field, manifest[field], 0, MOST_BELIEF);
  const stoch = Number(manifest.stochGroups) * Number(manifest.stochClasses);
  if (stoch > MOST_BELIEF) throw new Error(`${name}: expected a belief of at most ${MOST_BELIEF}, found ${stoch}`);
  for (const field of ["graphHash", "weightsHash"] as const) {
    const hash = manifest[field];
    if (typeof hash !== "string" || !HASH.test(hash)) {
      throw new Error(`${name}: expected ${field} as sha256, found ${text(hash)}`);
    }
  }
  if (!Array.isArray(weights) || weights.length > MOST_WEIGHTS || !weights.every(isWeight)) {
    throw new Error(`${name}: expected at most ${MOST_WEIGHTS} weights with a name and a shape, found others`);
  }
}

function isWeight(value: unknown): boolean {
  const { name, shape } = (value ?? {}) as { readonly name?: unknown; readonly shape?: unknown };
  const isShape = Array.isArray(shape) && shape.length <= MOST_DIMENSIONS && shape.every(Number.isSafeInteger);
  return typeof name === "string" && isShape;
}

function whole(field: string, value: unknown, from: number, to: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= from && (value as number) <= to) return;
  throw new Error(`policy: expected ${field} to be a whole number from ${from} to ${to}, found ${text(value)}`);
}

function text(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 100);
}
