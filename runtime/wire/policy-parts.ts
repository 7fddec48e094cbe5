import type { PolicyManifest } from "./manifest.ts";

/** Of a policy on its way: small enough that rows, acks and heartbeats never wait long behind one. */
export const PART_BYTES = 64 * 1024;
/** Parts on their way at once; the next goes out when the robot has said that it has one. */
export const PARTS_AHEAD = 8;
/** No policy of ours is larger; a learner that says so is not believed. */
const MAX_BYTES = 256 * 1024 * 1024;

/** What is announced of a policy before its parts. */
export interface PolicySizes {
  readonly weightsBytes: number;
  /** 0 where the robot has the graph already. */
  readonly graphBytes: number;
}

/** Throws on sizes that no policy has. */
export function expectSizes(policyVersion: number, { weightsBytes, graphBytes }: PolicySizes): void {
  for (const [name, bytes] of Object.entries({ weightsBytes, graphBytes })) {
    if (!Number.isSafeInteger(bytes) || bytes < 0 || bytes > MAX_BYTES) {
      throw new Error(`policy ${policyVersion}: expected ${name} from 0 to ${MAX_BYTES}, found ${bytes}`);
    }
  }
}

/** Views of the weights, then of the graph, none longer than a part. */
export function policyParts(weights: Uint8Array, graph: Uint8Array): Uint8Array[] {
  return [weights, graph].flatMap((file) =>
    Array.from({ length: Math.ceil(file.length / PART_BYTES) }, (_, i) =>
      file.subarray(i * PART_BYTES, (i + 1) * PART_BYTES),
    ),
  );
}

/** A policy that arrives in parts. */
export class PolicyIntake {
  readonly manifest: PolicyManifest;
  /** Of the files; they take memory only as their parts come. */
  readonly #sizes: PolicySizes;
  #weights: Uint8Array[] = [];
  #graph: Uint8Array[] = [];
  #filled = 0;
  #next = 0;

  /** Throws on sizes that no policy has. */
  constructor(manifest: PolicyManifest, { weightsBytes, graphBytes }: PolicySizes) {
    expectSizes(manifest.policyVersion, { weightsBytes, graphBytes });
    this.manifest = manifest;
    this.#sizes = { weightsBytes, graphBytes };
  }

  /** All of it, once the last part is there. Throws on a part that is not the next, or too long. */
  add(index: number, part: Uint8Array): { readonly weights: Uint8Array; readonly graph: Uint8Array } | undefined {
    const name = `policy ${this.manifest.policyVersion}`;
    if (index !== this.#next) throw new Error(`${name}: expected part ${this.#next}, found ${index}`);
    const { weightsBytes, graphBytes } = this.#sizes;
    const inWeights = this.#filled < weightsBytes;
    const left = (inWeights ? 0 : graphBytes) + weightsBytes - this.#filled;
    if (part.length === 0 || part.length > Math.min(PART_BYTES, left)) {
      throw new Error(`${name}: expected part ${index} to have at most ${left} bytes, found ${part.length}`);
    }
    (inWeights ? this.#weights : this.#graph).push(part);
    this.#filled += part.length;
    this.#next++;
    if (this.#filled < weightsBytes + graphBytes) return undefined;
    return { weights: Buffer.concat(this.#weights), graph: Buffer.concat(this.#graph) };
  }
}
