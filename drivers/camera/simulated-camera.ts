import type { Clock } from "../../runtime/clock.ts";
import type { Image, ImageShape } from "../../runtime/robot.ts";
import { type Camera, type CameraCounts, NO_COUNTS } from "./camera.ts";
import { meanOf } from "./judge.ts";

export interface SimulatedCameraOptions {
  readonly name: string;
  readonly shape: ImageShape;
  readonly rateHz: number;
  /** The simulation's clock. */
  readonly clock: Clock;
  /** Asked at `open`, when the machine is: a function that takes a picture of it as it is, as `SimDriver.camera` gives. */
  readonly aim: () => () => Uint8Array;
}

/**
 * A camera that looks at a simulated machine, by ray casting, on the thread that simulates it: equal runs see equal bytes,
 * on a virtual clock too. It takes a picture when one is asked for and a period of its rate has passed since the last. What stands
 * still there is no fault, and no picture is ever late.
 */
export class SimulatedCamera implements Camera {
  readonly #options: SimulatedCameraOptions;
  readonly #periodNs: bigint;
  #take: (() => Uint8Array) | undefined;
  #image: Image | undefined;
  /** When the next picture is due. */
  #dueNs: bigint | undefined;
  #sequence = 0;

  /** Throws on a rate that is none. */
  constructor(options: SimulatedCameraOptions) {
    const { name, rateHz } = options;
    if (!(rateHz > 0 && Number.isFinite(rateHz))) {
      throw new Error(`camera ${name}: expected a rate above 0, found ${rateHz}`);
    }
    this.#options = options;
    this.#periodNs = BigInt(Math.round(1e9 / rateHz));
  }

  get name(): string {
    return this.#options.name;
  }

  get shape(): ImageShape {
    return this.#options.shape;
  }

  async open(): Promise<void> {
    this.#take ??= this.#options.aim();
  }

  newest(): Image {
    const { clock, shape, rateHz } = this.#options;
    const nowNs = clock.now();
    this.#dueNs ??= nowNs;
    if (this.#take !== undefined && nowNs >= this.#dueNs) {
      const frame = this.#take().slice();
      this.#sequence++;
      const health = { age: 0, frozenFor: 0, rate: rateHz, brightness: meanOf(frame) };
      this.#image = { frame, shape, timeNs: nowNs, sequence: this.#sequence, health };
      const missed = (nowNs - this.#dueNs) / this.#periodNs;
      this.#dueNs += this.#periodNs * (missed + 1n);
    }
    if (this.#image === undefined) {
      const health = { age: Number.POSITIVE_INFINITY, frozenFor: 0, rate: 0, brightness: 0 };
      return { frame: new Uint8Array(shape[0] * shape[1] * shape[2]), shape, timeNs: 0n, sequence: 0, health };
    }
    const { health, timeNs } = this.#image;
    return { ...this.#image, health: { ...health, age: Number(nowNs - timeNs) / 1e9 } };
  }

  counts(): CameraCounts {
    return { ...NO_COUNTS, frames: this.#sequence };
  }

  async close(): Promise<void> {
    this.#take = undefined;
    this.#image = undefined;
    this.#dueNs = undefined;
  }
}
