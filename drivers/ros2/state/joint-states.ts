import { type Device, nanoseconds } from "../intake.ts";
import type { JointState } from "../messages/types.ts";
import type { Topic } from "../transport.ts";
import { JointOrder } from "./joint-order.ts";
import type { Measured } from "./measured.ts";

const PARTS = ["position", "velocity", "effort"] as const;

/**
 * Joints from sensor_msgs/JointState. Velocities that are not sent are the differences of positions; efforts that are not
 * sent are 0; both are said once.
 */
export class JointStates implements Device<"sensor_msgs/msg/JointState"> {
  readonly topic: Topic<"sensor_msgs/msg/JointState">;
  readonly measured: Measured;
  readonly #names: readonly string[];
  readonly #order: JointOrder;
  readonly #report: (text: string) => void;
  readonly #told = new Set<string>();
  #lastNs: bigint | undefined;

  /** `names`: the joints' names in the messages, in the robot's order. */
  constructor(topic: string, names: readonly string[], report: (text: string) => void) {
    this.topic = { name: topic, type: "sensor_msgs/msg/JointState", qos: "sensor" };
    this.#names = names;
    this.#order = new JointOrder(names);
    this.#report = report;
    const zeros = (): Float64Array => new Float64Array(names.length);
    this.measured = { position: zeros(), velocity: zeros(), effort: zeros() };
  }

  stampNs({ header }: JointState): bigint {
    return nanoseconds(header.stamp);
  }

  check(message: JointState): void {
    const places = this.#order.find(message.name);
    for (const part of PARTS) {
      const values = message[part];
      if (values.length === 0 && part !== "position") continue;
      if (values.length !== message.name.length) {
        throw new Error(`expected a ${part} for ${message.name.length} joints, found ${values.length}`);
      }
      for (let i = 0; i < places.length; i++) {
        const value = values[places[i]!];
        if (!Number.isFinite(value)) throw new Error(`${part} of ${this.#names[i]} is not finite: ${value}`);
      }
    }
  }

  keep(message: JointState, timeNs: bigint): void {
    const places = this.#order.find(message.name);
    const { position, velocity, effort } = this.measured;
    if (message.velocity.length === 0) this.#differ(message, places, timeNs);
    for (let i = 0; i < places.length; i++) {
      const place = places[i]!;
      position[i] = message.position[place]!;
      if (message.velocity.length > 0) velocity[i] = message.velocity[place]!;
      effort[i] = message.effort.length > 0 ? message.effort[place]! : 0;
    }
    this.#lastNs = timeNs;
    if (message.velocity.length === 0) this.#once("velocities are not sent: they are the differences of positions");
    if (message.effort.length === 0) this.#once("efforts are not sent: they are 0");
    const { unknown } = this.#order;
    if (unknown.length > 0) this.#once(`${unknown.join(", ")}: no joints of this robot, not used`);
  }

  #differ({ position: next }: JointState, places: Int32Array, timeNs: bigint): void {
    const { position, velocity } = this.measured;
    const seconds = this.#lastNs === undefined ? 0 : Number(timeNs - this.#lastNs) / 1e9;
    if (seconds <= 0) return;
    for (let i = 0; i < places.length; i++) velocity[i] = (next[places[i]!]! - position[i]!) / seconds;
  }

  #once(text: string): void {
    if (this.#told.has(text)) return;
    this.#told.add(text);
    this.#report(`${this.topic.name}: ${text}`);
  }
}
