import type { EndState, JointCommand } from "../../../runtime/robot.ts";
import { copyCommand } from "../../sim/command.ts";
import type { Publish, Topic, Transport } from "../transport.ts";
import type { Output } from "./output.ts";

const TYPE = "std_msgs/msg/Float64MultiArray";
type Type = typeof TYPE;

const LAYOUT = { dim: [], data_offset: 0 };

/**
 * Positions to a forward_command_controller (ros2_controllers), whose `joints` parameter must list the joints in the robot's
 * order. The gains are the machine's own.
 */
export class ForwardOutput implements Output {
  readonly topic: string;
  readonly type = TYPE;
  #publish: Publish<Type> = () => false;

  constructor(topic: string) {
    this.topic = topic;
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
    return this.#publish({ layout: LAYOUT, data: sent.position });
  }

  end(_end: EndState, { position }: JointCommand): boolean {
    return this.#publish({ layout: LAYOUT, data: position });
  }
}
