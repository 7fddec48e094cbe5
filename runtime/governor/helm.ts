import type { Answer } from "./inbox.ts";

/** Decides the action in force: the policy's, a person's, or a mixture while one takes over from the other. */
export class Helm {
  readonly #size: number;
  /** Policy ticks over which one takes over from the other. */
  readonly #handoverTicks: number;
  #action: Float32Array;
  #person: Float32Array | undefined;
  /** The person's last action, while the policy takes over from it. */
  #lastPerson: Float32Array;
  /** The person's share, 0 to 1. */
  #share = 0;
  #policyVersion = 0;
  #refused = 0;
  #refusedInRow = 0;
  #interventions = 0;

  constructor(size: number, handoverTicks: number) {
    this.#size = size;
    this.#handoverTicks = Math.max(1, handoverTicks);
    this.#action = new Float32Array(size);
    this.#lastPerson = new Float32Array(size);
  }

  /** In [−1, 1]. Never written to again: it may be kept. */
  get action(): Float32Array {
    return this.#action;
  }

  get policyVersion(): number {
    return this.#policyVersion;
  }

  /** Whether a person has a share in the action in force. */
  get intervened(): boolean {
    return this.#share > 0;
  }

  /** Whether a person steers, or begins to. */
  get steered(): boolean {
    return this.#person !== undefined;
  }

  /** Whether the action in force is a person's alone. */
  get alone(): boolean {
    return this.#share === 1;
  }

  /** Times a person took over. */
  get interventions(): number {
    return this.#interventions;
  }

  /** Answers that were of no use, in all and since the last that was. */
  get refused(): number {
    return this.#refused;
  }

  get refusedInRow(): number {
    return this.#refusedInRow;
  }

  /** Throws on an action of another size or that is not finite; the one in force stays. */
  steer(action: Float32Array | undefined): void {
    if (action !== undefined && !this.#usable(action)) {
      throw new Error(`steer: expected ${this.#size} finite numbers, found [${Array.from(action).slice(0, 24)}]`);
    }
    if (action !== undefined && this.#person === undefined) this.#interventions++;
    this.#person = action && clip(action);
    if (this.#person !== undefined) this.#lastPerson = this.#person;
  }

  /** A machine that starts to move: no action, nobody steers with a share from before. */
  reset(): void {
    this.#action = new Float32Array(this.#size);
    this.#share = this.#person === undefined ? 0 : 1;
    this.#refusedInRow = 0;
  }

  /** Begins a policy tick. The action to head for at once, where a person steers alone and no policy is waited for. */
  turn(): Float32Array | undefined {
    const step = 1 / this.#handoverTicks;
    this.#share = Math.min(1, Math.max(0, this.#share + (this.#person === undefined ? -step : step)));
    if (this.#share < 1e-9) this.#share = 0;
    if (this.#person === undefined || !this.alone) return undefined;
    this.#action = this.#person;
    return this.#action;
  }

  /** The policy's answer becomes the action in force, as far as its share goes; undefined, and counted, when it is of no use. */
  take({ action, policyVersion }: Answer): Float32Array | undefined {
    if (!this.#usable(action)) {
      this.#refused++;
      this.#refusedInRow++;
      return undefined;
    }
    this.#refusedInRow = 0;
    this.#policyVersion = policyVersion;
    const share = this.#share;
    const own = clip(action);
    this.#action = share === 0 ? own : own.map((value, i) => (1 - share) * value + share * this.#lastPerson[i]!);
    return this.#action;
  }

  #usable(action: Float32Array): boolean {
    return action.length === this.#size && action.every(Number.isFinite);
  }
}

function clip(action: Float32Array): Float32Array {
  return action.map((value) => Math.min(Math.max(value, -1), 1));
}
