/**
 * Second-order Butterworth low-pass by the bilinear transform, one state a joint:
 * y = b0·x + b1·x₋₁ + b2·x₋₂ − a1·y₋₁ − a2·y₋₂. Overshoots a step by 4 %: limit afterwards.
 */
export class LowPass {
  readonly #b: readonly [number, number, number];
  readonly #a: readonly [number, number, number];
  /** x₋₁, x₋₂, y₋₁, y₋₂ of each joint. */
  readonly #history: Float64Array;

  /** `cutoffHz` 0 lets everything through unchanged. Throws at or above half of `rateHz`. */
  constructor(cutoffHz: number, rateHz: number, joints: number) {
    if (!(cutoffHz >= 0 && cutoffHz < rateHz / 2)) {
      throw new Error(`low-pass: expected a cut-off in [0, ${rateHz / 2}) Hz, found ${cutoffHz}`);
    }
    const k = cutoffHz === 0 ? Number.POSITIVE_INFINITY : Math.tan((Math.PI * cutoffHz) / rateHz);
    const scale = 1 / (1 + Math.SQRT2 / k + 1 / (k * k));
    const through = cutoffHz === 0;
    this.#b = through ? [1, 0, 0] : [scale, 2 * scale, scale];
    this.#a = through ? [1, 0, 0] : [1, 2 * scale * (1 - 1 / (k * k)), scale * (1 - Math.SQRT2 / k + 1 / (k * k))];
    this.#history = new Float64Array(4 * joints);
  }

  /** b0, b1, b2 and a0, a1, a2. */
  get coefficients(): { readonly b: readonly number[]; readonly a: readonly number[] } {
    return { b: this.#b, a: this.#a };
  }

  /** As if the input had been `position` for ever. */
  reset(position: ArrayLike<number>): void {
    for (let i = 0; i < this.#history.length; i++) this.#history[i] = position[i >> 2]!;
  }

  /** Advances by one tick; `out` may be `input`. */
  filter(input: ArrayLike<number>, out: Float64Array): void {
    const [b0, b1, b2] = this.#b;
    const [, a1, a2] = this.#a;
    const h = this.#history;
    for (let joint = 0, at = 0; at < h.length; joint++, at += 4) {
      const x = input[joint]!;
      const y = b0 * x + b1 * h[at]! + b2 * h[at + 1]! - a1 * h[at + 2]! - a2 * h[at + 3]!;
      h[at + 1] = h[at]!;
      h[at] = x;
      h[at + 3] = h[at + 2]!;
      h[at + 2] = y;
      out[joint] = y;
    }
  }
}
