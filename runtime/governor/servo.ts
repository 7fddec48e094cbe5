import type { Sample } from "../robot.ts";
import type { LoopTimes } from "./loop-times.ts";
import { Motion } from "./motion.ts";
import type { GovernorOptions } from "./options.ts";

/** The only place that writes to the driver while the machine moves, and what it wrote last. */
export class Servo {
  readonly motion: Motion;
  /** The last command as it was sent, rad; where the machine was measured, when it follows none. */
  readonly sent: Float64Array;
  readonly #driver: GovernorOptions["driver"];
  readonly #times: LoopTimes;
  #following = false;

  constructor({ driver, spec, task }: GovernorOptions, times: LoopTimes) {
    this.motion = new Motion(spec, task);
    this.sent = new Float64Array(spec.joints.length);
    this.#driver = driver;
    this.#times = times;
  }

  /** Whether the machine follows `sent`. */
  get following(): boolean {
    return this.#following;
  }

  /** Enabling never jumps: targets start at the measured pose or, where a held machine carries its load, at its command. */
  engage({ position }: Sample, held: boolean): void {
    if (!(held && this.#following)) this.sent.set(position);
    this.motion.seed(this.sent);
  }

  /** The machine was brought to an end state in which it does not follow its command. */
  letGo(): void {
    this.#following = false;
  }

  /** Writes the limited command of a servo tick. Throws what the limits refuse, and what the driver throws. */
  async write({ position, velocity }: Sample, slot: number): Promise<void> {
    const begin = performance.now();
    const sent = await this.#driver.write(this.motion.command(slot, position, velocity));
    this.#times.add("write", performance.now() - begin);
    this.sent.set(sent.position);
    this.#following = true;
  }
}
