import { writeCheckpoint } from "./checkpoint.ts";
import type { TrainingState } from "./training.ts";

type Meta = Parameters<typeof writeCheckpoint>[1]["meta"];

export interface CheckpointerOptions {
  readonly directory: string;
  readonly keep: number;
  /** Between two checkpoints, and before a failed one is tried again. */
  readonly everyMs: number;
  readonly retryMs: number;
  readonly nowMs: () => number;
  /** Makes durable what the checkpoint counts; the error when that failed. */
  readonly syncExperience: () => Promise<Error | undefined>;
}

/** Decides when a checkpoint is due and writes it beside the training. A failed one leaves the last good one alone. */
export class Checkpointer {
  readonly #options: CheckpointerOptions;
  #nextMs: number;
  #writing: Promise<void> | undefined;
  /** Updates and steps of the newest on disk. */
  #saved: { readonly updates: number; readonly steps: number } | undefined;
  #error: Error | undefined;

  constructor(options: CheckpointerOptions, saved: { updates: number; steps: number } | undefined) {
    this.#options = options;
    this.#saved = saved;
    this.#nextMs = options.nowMs() + options.everyMs;
  }

  /** Updates at the newest checkpoint on disk. */
  get savedUpdates(): number | undefined {
    return this.#saved?.updates;
  }

  /** Why the last one failed; undefined when it did not. */
  get error(): Error | undefined {
    return this.#error;
  }

  isDue(updates: number): boolean {
    return (
      this.#writing === undefined && updates > (this.#saved?.updates ?? 0) && this.#options.nowMs() >= this.#nextMs
    );
  }

  /** Starts writing. `meta` and `state` belong together. */
  start(meta: Meta, state: TrainingState): void {
    this.#writing = this.#write(meta, state).finally(() => {
      this.#writing = undefined;
    });
  }

  /** Writes the last one, unless the disk has it. */
  async finish(meta: Meta, state: () => Promise<TrainingState>): Promise<void> {
    await this.#writing;
    const { updates, steps } = meta.account;
    if (updates === 0 || (this.#saved?.updates === updates && this.#saved.steps === steps)) return;
    await this.#write(meta, await state());
  }

  async #write(meta: Meta, state: TrainingState): Promise<void> {
    const { directory, keep, everyMs, retryMs, nowMs, syncExperience } = this.#options;
    try {
      const error = await syncExperience();
      if (error !== undefined) throw error;
      await writeCheckpoint(directory, { meta, state }, keep);
      this.#saved = { updates: meta.account.updates, steps: meta.account.steps };
      this.#error = undefined;
      this.#nextMs = nowMs() + everyMs;
    } catch (error) {
      this.#error = error as Error;
      this.#nextMs = nowMs() + retryMs;
    }
  }
}
