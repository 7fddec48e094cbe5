import type { Device } from "../intake.ts";
import type { MessageTypes } from "../messages/types.ts";
import type { Topic } from "../transport.ts";
import type { Measured } from "./measured.ts";
import { OdometryStates } from "./odometry.ts";

/** What a base is driven at: one number of a Twist each. */
export const TWIST_PARTS = ["linear.x", "linear.y", "linear.z", "angular.x", "angular.y", "angular.z"] as const;
export type TwistPart = (typeof TWIST_PARTS)[number];

/**
 * A base whose "joints" are the speeds it is driven at, in m/s and rad/s: where a joint's position is in rad, that of such a
 * joint is a speed, its velocity an acceleration. So the robot's limits of position, velocity and acceleration are those
 * of speed, acceleration and jerk. Measured from nav_msgs/Odometry, whose sensors it has too.
 */
export class BaseStates implements Device<"nav_msgs/msg/Odometry"> {
  readonly topic: Topic<"nav_msgs/msg/Odometry">;
  readonly odometry: OdometryStates;
  readonly measured: Measured;
  readonly #places: readonly number[];
  #lastNs: bigint | undefined;

  constructor(topic: string, parts: readonly TwistPart[], attitude: boolean) {
    this.odometry = new OdometryStates(topic, attitude);
    this.topic = this.odometry.topic;
    this.#places = parts.map((part) => TWIST_PARTS.indexOf(part));
    const zeros = (): Float64Array => new Float64Array(parts.length);
    this.measured = { position: zeros(), velocity: zeros(), effort: zeros() };
  }

  stampNs(message: MessageTypes["nav_msgs/msg/Odometry"]): bigint {
    return this.odometry.stampNs(message);
  }

  check(message: MessageTypes["nav_msgs/msg/Odometry"]): void {
    this.odometry.check(message);
  }

  keep(message: MessageTypes["nav_msgs/msg/Odometry"], timeNs: bigint): void {
    this.odometry.keep(message);
    const { position, velocity } = this.measured;
    const twist = this.odometry.sensors.twist!;
    const seconds = this.#lastNs === undefined ? 0 : Number(timeNs - this.#lastNs) / 1e9;
    this.#places.forEach((place, i) => {
      velocity[i] = seconds > 0 ? (twist[place]! - position[i]!) / seconds : 0;
      position[i] = twist[place]!;
    });
    this.#lastNs = timeNs;
  }
}
