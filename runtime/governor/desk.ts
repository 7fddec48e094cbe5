import type { GovernorOptions } from "./options.ts";
import type { Order } from "./orders.ts";
import { obstacle, type Parts } from "./parts.ts";

/** Where orders wait for the next servo tick, and are carried out; an emergency stop before anything else. */
export class Desk {
  readonly #options: Pick<GovernorOptions, "onMark" | "report">;
  readonly #parts: Parts;
  #orders: Order[] = [];
  #paused = false;

  constructor(options: GovernorOptions, parts: Parts) {
    this.#options = options;
    this.#parts = parts;
  }

  /** Whether a person paused the machine. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Whether anything is to be carried out, the machine's own emergency stop included. */
  get busy(): boolean {
    return this.#orders.length > 0 || this.#parts.stance.sample?.estop === true;
  }

  /** Whether an emergency stop waits. */
  get stopWaits(): boolean {
    return this.#orders.some(({ type }) => type === "estop");
  }

  add(order: Order): void {
    this.#orders.push(order);
  }

  async carryOut(): Promise<void> {
    const { stance } = this.#parts;
    if (stance.sample?.estop === true && stance.state !== "estop") {
      await stance.latch("stop", "estop", "the machine's emergency stop is pressed");
    }
    const orders = this.#orders;
    this.#orders = [];
    for (const order of orders) {
      if (order.type === "estop") await stance.latch("stop", "estop", `emergency stop from ${order.from}`);
    }
    for (const order of orders) await this.#obey(order);
  }

  async #obey(order: Order): Promise<void> {
    const { onMark, report } = this.#options;
    const { helm, recorder, stance } = this.#parts;
    if (order.type === "reset") this.#reset();
    else if (order.type === "pause") {
      this.#paused = true;
      if (stance.state === "engaged") await stance.hold("operator", "paused");
    } else if (order.type === "resume") this.#paused = false;
    else if (order.type === "mark") {
      if (stance.state === "engaged") {
        recorder.end();
        onMark?.({ sequence: recorder.sequence, mark: order.mark });
      } else report(`"${order.mark}" was not noted: no episode is under way`);
    } else if (order.type === "steer") {
      try {
        helm.steer(order.action);
      } catch (error) {
        report((error as Error).message);
      }
    }
  }

  #reset(): void {
    const { report } = this.#options;
    const { recorder, stance } = this.#parts;
    if (!stance.latched) return;
    const standing = obstacle(this.#parts);
    if (standing !== undefined) {
      report(`not reset: ${standing}`);
      return;
    }
    stance.reset();
    recorder.breakOff();
    report("reset: the robot moves again when its policy answers");
  }
}
