import type { LearnerEvent } from "../../learner/train/status.ts";

/** A learner that is to learn from what its run has, and then to end. */
export class Pretraining {
  readonly #run: string;
  #isReady = false;
  #problem: string | undefined;

  constructor(run: string) {
    this.#run = run;
  }

  /** Why there was nothing to learn from. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Whether there is no more to do, after what the learner just said. `fill`: steps it needs. */
  isOver(event: LearnerEvent, fill: number): boolean {
    if (event.type === "ready") this.#isReady = true;
    if (event.type !== "status" || !this.#isReady) return false;
    const { phase, steps } = event.status;
    if (phase === "waiting" || phase === "filling") {
      this.#problem = `${this.#run}: expected ${fill} steps to learn from (--learner.train.fill), found ${steps}`;
    }
    return phase === "learning" || this.#problem !== undefined;
  }
}
