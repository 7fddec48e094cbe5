import type { RuntimeConfig } from "../defaults.ts";
import type { StepMessage } from "../ipc.ts";
import { StepRing } from "./ring.ts";

/** Steps on their way to the link; bounds what it must hold in memory. */
const LINK_WINDOW = 1024;
/** Steps given up between two lines that say so. */
const TOLD_EVERY = 1000;

/** Passes steps on to the link, as many as it can take, and keeps them until it has them on disk. */
export class StepFeed {
  readonly #ring: StepRing;
  readonly #send: (step: StepMessage) => void;
  readonly #report: (line: string) => void;
  #next = 0;
  #written = 0;
  #open = false;

  constructor(
    { ringRows, ringImageMb }: RuntimeConfig["supervisor"],
    send: (step: StepMessage) => void,
    report: (line: string) => void,
  ) {
    this.#report = report;
    this.#ring = new StepRing(ringRows, ringImageMb * 2 ** 20);
    this.#send = send;
  }

  /** Steps given up before the link had them. */
  get lost(): number {
    return this.#ring.dropped;
  }

  /** Steps whose images were given up before the link had them. */
  get lostImages(): number {
    return this.#ring.imagesDropped;
  }

  push(step: StepMessage): void {
    const before = this.lost;
    this.#ring.push(step);
    if (this.lost > before && before % TOLD_EVERY === 0) {
      this.#report(
        `steps: ${this.#ring.length} wait for the link to write them, and the oldest are given up, ${this.lost} so far; ` +
          "make room on the robot's disk, or give them more memory (--runtime.supervisor.ringRows)",
      );
    }
    this.#pass(LINK_WINDOW);
  }

  /** The link is there, and has all steps below `sequence`. */
  open(sequence: number): void {
    this.#open = true;
    this.#next = sequence;
    this.#written = sequence;
    this.#pass(LINK_WINDOW);
  }

  /** The link has all steps below `through` on disk. */
  written(through: number): void {
    this.#written = through;
    this.#ring.trim(through);
    this.#pass(LINK_WINDOW);
  }

  /** The link is gone. */
  close(): void {
    this.#open = false;
  }

  /** Passes on all that is left. */
  flush(): void {
    this.#pass(Number.POSITIVE_INFINITY);
  }

  #pass(window: number): void {
    if (!this.#open) return;
    for (let step = this.#ring.from(this.#next); step !== undefined; step = this.#ring.from(this.#next)) {
      if (step.sequence - this.#written >= window) return;
      this.#send(step);
      this.#next = step.sequence + 1;
    }
  }
}
