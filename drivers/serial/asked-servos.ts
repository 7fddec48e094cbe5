/**
 * Which servos a sync read asks. A servo that is away would cost every tick its timeout, so after some silent ticks it is
 * left out, until it answers elsewhere. Somebody is always asked.
 */
export class AskedServos {
  /** Of those asked, in order. Both change only in `update`. */
  ids: readonly number[];
  joints: readonly number[];
  readonly #all: readonly number[];
  readonly #most: number;
  /** Silent ticks in a row, by joint. */
  readonly #silent: Uint32Array;
  #changed = false;

  constructor(ids: readonly number[], most: number) {
    this.#all = ids;
    this.#most = most;
    this.#silent = new Uint32Array(ids.length);
    this.ids = ids;
    this.joints = ids.map((_, joint) => joint);
  }

  silent(joint: number): void {
    const ticks = this.#silent[joint]! + 1;
    this.#silent[joint] = ticks;
    if (ticks === this.#most) this.#changed = true;
  }

  answered(joint: number): void {
    if (this.#silent[joint]! >= this.#most) this.#changed = true;
    this.#silent[joint] = 0;
  }

  /** Between two reads only: the answers to one are in the order of these. */
  update(): void {
    if (!this.#changed) return;
    this.#changed = false;
    const heard = this.#all.flatMap((_, joint) => (this.#silent[joint]! < this.#most ? [joint] : []));
    this.joints = heard.length > 0 ? heard : this.#all.map((_, joint) => joint);
    this.ids = this.joints.map((joint) => this.#all[joint]!);
  }
}
