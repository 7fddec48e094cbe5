import type { EndState, JointCommand } from "../../../runtime/robot.ts";
import { copyCommand } from "../../sim/command.ts";
import type { JointTrajectory, Time } from "../messages/types.ts";
import type { Publish, Topic, Transport } from "../transport.ts";
import type { Output } from "./output.ts";

const TYPE = "trajectory_msgs/msg/JointTrajectory";
type Type = typeof TYPE;

const NONE = new Float64Array(0);

/**
 * Positions to a joint_trajectory_controller (ros2_controllers): each command a trajectory of one point that replaces the one
 * before and is to be reached `pointMs` from when it comes. The gains are the machine's own.
 */
export class TrajectoryOutput implements Output {
  readonly topic: string;
  readonly type = TYPE;
  readonly #names: readonly string[];
  readonly #reached: Time;
  #publish: Publish<Type> = () => false;

  /** `names`: the joints' names at the machine, in the robot's order. */
  constructor(topic: string, names: readonly string[], pointMs: number) {
    this.topic = topic;
    this.#names = names;
    this.#reached = { sec: Math.floor(pointMs / 1000), nanosec: Math.round((pointMs % 1000) * 1e6) };
  }

  can(end: EndState): boolean {
    return end === "hold";
  }

  advertise(transport: Transport): void {
    const topic: Topic<Type> = { name: this.topic, type: TYPE, qos: "command" };
    this.#publish = transport.advertise(topic);
  }

  send(command: JointCommand, sent: JointCommand): boolean {
    copyCommand(command, sent);
    return this.#publish(this.#trajectory(sent.position));
  }

  end(_end: EndState, { position }: JointCommand): boolean {
    return this.#publish(this.#trajectory(position));
  }

  /** A stamp of 0: from when it comes. */
  #trajectory(positions: Float64Array): JointTrajectory {
    const point = { positions, velocities: NONE, accelerations: NONE, effort: NONE, time_from_start: this.#reached };
    return { header: { stamp: { sec: 0, nanosec: 0 }, frame_id: "" }, joint_names: this.#names, points: [point] };
  }
}
