import { createHash } from "node:crypto";

/** What can be told of a frame from those before it. */
export interface Judgement {
  /** Capture of the last picture that had not been seen among the few before it, ns. */
  readonly newNs: bigint;
  /** Frames a second; 0 while there were too few to tell. */
  readonly rate: number;
  /** Mean, 0 to 255. */
  readonly brightness: number;
}

/** A camera that hangs shows its buffers over and over: as many different pictures are remembered. */
const REMEMBERED = 8;
/** Frames over which the rate is taken. */
const RATE_FRAMES = 16;

/**
 * Watches a camera's frames. No two pictures of a real camera are alike, for its noise; what is alike bit for bit, also
 * after it was resized, was seen before.
 */
export class Judge {
  /** Of the last different pictures, oldest first. */
  readonly #seen: string[] = [];
  readonly #times: bigint[] = [];
  #newNs = 0n;
  #repeats = 0;

  /** Frames that had been seen. */
  get repeats(): number {
    return this.#repeats;
  }

  judge(data: Uint8Array, timeNs: bigint): Judgement {
    const digest = createHash("sha1").update(data).digest("base64");
    if (this.#seen.includes(digest)) this.#repeats++;
    else {
      this.#newNs = timeNs;
      this.#seen.push(digest);
      if (this.#seen.length > REMEMBERED) this.#seen.shift();
    }
    this.#times.push(timeNs);
    if (this.#times.length > RATE_FRAMES) this.#times.shift();
    return { newNs: this.#newNs, rate: this.#rate(), brightness: meanOf(data) };
  }

  /** The source was started again: its frames do not follow on those before. */
  restart(): void {
    this.#times.length = 0;
  }

  #rate(): number {
    if (this.#times.length < RATE_FRAMES) return 0;
    const spanNs = Number(this.#times.at(-1)! - this.#times[0]!);
    return spanNs > 0 ? ((RATE_FRAMES - 1) * 1e9) / spanNs : 0;
  }
}

export function meanOf(data: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i]!;
  return data.length === 0 ? 0 : sum / data.length;
}
