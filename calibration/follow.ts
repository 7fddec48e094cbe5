/** The number nearest to `near` that stands for the same place as `raw` on an encoder that begins anew after `seam` counts. */
export function nearest(near: number, raw: number, seam: number | undefined): number {
  return seam === undefined ? raw : raw + seam * Math.round((near - raw) / seam);
}

/** As `nearest`, to a whole range: a place within it stays where it is. */
export function nearestTo(low: number, high: number, raw: number, seam: number | undefined): number {
  return nearest((low + high) / 2, raw, seam);
}

/** Where the joints are, followed across their encoders' seams; counts that go on. */
export class Follower {
  readonly #seam: number | undefined;
  /** Counts a second that nobody moves a joint at. */
  readonly #most: number;
  readonly #known: readonly (readonly [low: number, high: number] | undefined)[];
  readonly #position: (number | undefined)[];
  readonly #times: number[];
  #beganAt: number | undefined;

  /** `known`: a range that a joint is known to be in, from before. */
  constructor(
    joints: number,
    seam: number | undefined,
    most: number,
    known: readonly (readonly [low: number, high: number] | undefined)[] = [],
  ) {
    this.#seam = seam;
    this.#most = most;
    this.#known = known;
    this.#position = Array.from({ length: joints });
    this.#times = Array.from({ length: joints }, () => 0);
  }

  /** Takes what the encoders said at `seconds`; a jump that cannot be is left out until it can. */
  take(raw: readonly (number | undefined)[], seconds: number): void {
    this.#beganAt ??= seconds;
    for (const [i, value] of raw.entries()) {
      if (value === undefined) continue;
      const before = this.#position[i];
      if (before === undefined) {
        const known = this.#known[i];
        this.#position[i] = known ? nearestTo(known[0], known[1], value, this.#seam) : value;
      } else {
        const at = nearest(before, value, this.#seam);
        if (Math.abs(at - before) > this.#most * (seconds - this.#times[i]!) + 8) continue;
        this.#position[i] = at;
      }
      this.#times[i] = seconds;
    }
  }

  /** undefined before it was first heard. */
  at(joint: number): number | undefined {
    return this.#position[joint];
  }

  /** For how long nothing that can be believed was heard of it, s. */
  silence(joint: number, seconds: number): number {
    return seconds - (this.#position[joint] === undefined ? (this.#beganAt ?? seconds) : this.#times[joint]!);
  }
}
