import { openSync, writeSync } from "node:fs";

/** Two lines are at least so far apart, ns. */
const EVERY_NS = 2_000_000n;

/** Where the joints of an emulated machine truly are, appended a line at a time: `<monotonic ns> <rad> …`. */
export class TruthFile {
  readonly #file: number;
  readonly #joints: number;
  #writtenNs = 0n;

  constructor(path: string, joints: number) {
    this.#file = openSync(path, "a");
    this.#joints = joints;
  }

  /** Nothing when the last line is too near. */
  write(position: (joint: number) => number): void {
    const now = process.hrtime.bigint();
    if (now < this.#writtenNs + EVERY_NS) return;
    this.#writtenNs = now;
    const positions = Array.from({ length: this.#joints }, (_, joint) => position(joint).toFixed(5));
    writeSync(this.#file, `${now} ${positions.join(" ")}\n`);
  }
}
