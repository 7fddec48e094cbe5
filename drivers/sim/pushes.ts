import { Random } from "../../runtime/random.ts";

/** How a floating machine is pushed at random times: each push changes the base's velocity at once. */
export interface PushModel {
  /** Size of the change, m/s; its direction is uniform in the horizontal plane. */
  readonly speed: number;
  /** Mean time between two pushes, s; the times are exponential, so that a push tells nothing about the next. */
  readonly meanSeconds: number;
  readonly seed: number;
}

/**
 * When a machine is pushed and how, one call a physics step. A push is an impulse, the limit of a short and strong force,
 * and not a force over some time: so it means the same for every mass, and nothing of it is left over for a snapshot but
 * when the next one comes. Pushes of training in simulation are of this kind too (legged_gym, `_push_robots`).
 */
export class Pushes {
  readonly #model: PushModel;
  readonly #timestep: number;
  readonly #random: Random;
  /** Physics steps until the next push, at least 1. */
  #left: number;
  #count = 0;

  /** `timestep` in s. */
  constructor(model: PushModel, timestep: number) {
    this.#model = model;
    this.#timestep = timestep;
    this.#random = new Random(model.seed, "pushes");
    this.#left = this.#pause();
  }

  /** Pushes so far, those before a restored snapshot included. */
  get count(): number {
    return this.#count;
  }

  /** Adds a push to the velocity (x y, m/s, world) at `at` in `qvel` when one is due in this physics step. */
  step(qvel: Float64Array, at: number): void {
    if (--this.#left > 0) return;
    const direction = 2 * Math.PI * this.#random.uniform();
    qvel[at]! += this.#model.speed * Math.cos(direction);
    qvel[at + 1]! += this.#model.speed * Math.sin(direction);
    this.#count++;
    this.#left = this.#pause();
  }

  /** Six numbers: the generator's four, steps until the next push, pushes so far. */
  state(): Float64Array {
    return Float64Array.of(...this.#random.state(), this.#left, this.#count);
  }

  /** Goes on from a `state`; one of a machine that was never pushed is empty, and changes nothing. */
  restore(state: Float64Array): void {
    if (state.length === 0) return;
    const [a, b, c, counter, left, count] = state;
    if (state.length !== 6) throw new Error(`pushes: expected a state of 6 numbers, found ${state.length}`);
    this.#random.restore([a!, b!, c!, counter!]);
    this.#left = left!;
    this.#count = count!;
  }

  /** Physics steps to the next push, exponential in time. */
  #pause(): number {
    const seconds = -Math.log(1 - this.#random.uniform()) * this.#model.meanSeconds;
    return Math.max(1, Math.round(seconds / this.#timestep));
  }
}
