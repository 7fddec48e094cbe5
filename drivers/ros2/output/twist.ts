import type { EndState, JointCommand } from "../../../runtime/robot.ts";
import { copyCommand } from "../../sim/command.ts";
import type { Twist } from "../messages/types.ts";
import { TWIST_PARTS, type TwistPart } from "../state/base.ts";
import type { Publish, Topic, Transport } from "../transport.ts";
import type { Output } from "./output.ts";

const TYPE = "geometry_msgs/msg/Twist";
type Type = typeof TYPE;

/** Speeds to a base, as geometry_msgs/Twist: a command's positions are what the base is driven at. Every end state is speed 0. */
export class TwistOutput implements Output {
  readonly topic: string;
  readonly type = TYPE;
  readonly #places: readonly number[];
  #publish: Publish<Type> = () => false;

  /** Which part of the Twist each of the robot's joints is. */
  constructor(topic: string, parts: readonly TwistPart[]) {
    this.topic = topic;
    this.#places = parts.map((part) => TWIST_PARTS.indexOf(part));
  }

  can(): boolean {
    return true;
  }

  advertise(transport: Transport): void {
    const topic: Topic<Type> = { name: this.topic, type: TYPE, qos: "command" };
    this.#publish = transport.advertise(topic);
  }

  send(command: JointCommand, sent: JointCommand): boolean {
    copyCommand(command, sent);
    const speeds = new Float64Array(TWIST_PARTS.length);
    this.#places.forEach((place, i) => {
      speeds[place] = sent.position[i]!;
    });
    return this.#publish(twist(speeds));
  }

  end(_end: EndState): boolean {
    return this.#publish(twist(new Float64Array(TWIST_PARTS.length)));
  }
}

function twist(speeds: Float64Array): Twist {
  const [x, y, z, roll, pitch, yaw] = speeds as unknown as [number, number, number, number, number, number];
  return { linear: { x, y, z }, angular: { x: roll, y: pitch, z: yaw } };
}
