import type { EndState, JointCommand } from "../../../runtime/robot.ts";
import { lowCmd, type MotorTarget } from "../go2/low-cmd.ts";
import { MOTOR_SLOTS } from "../go2/motors.ts";
import { motorsOf } from "../state/low-state.ts";
import type { Publish, Topic, Transport } from "../transport.ts";
import type { Output } from "./output.ts";

const TYPE = "unitree_go/msg/LowCmd";
type Type = typeof TYPE;

/**
 * Targets and gains to a Go2's motors. The robot's own sport service must be off: two that command the motors fight. The
 * message has single precision, so what is sent is rounded to it.
 */
export class LowCmdOutput implements Output {
  readonly topic: string;
  readonly type = TYPE;
  readonly #motors: readonly number[];
  #publish: Publish<Type> = () => false;

  /** Throws on a joint the Go2 does not have. */
  constructor(topic: string, names: readonly string[]) {
    this.topic = topic;
    this.#motors = motorsOf(names);
  }

  can(): boolean {
    return true;
  }

  advertise(transport: Transport): void {
    const topic: Topic<Type> = { name: this.topic, type: TYPE, qos: "command" };
    this.#publish = transport.advertise(topic);
  }

  send({ position, kp, kd }: JointCommand, sent: JointCommand): boolean {
    for (let i = 0; i < this.#motors.length; i++) {
      sent.position[i] = Math.fround(position[i]!);
      sent.kp[i] = Math.fround(kp[i]!);
      sent.kd[i] = Math.fround(kd[i]!);
    }
    return this.#targets((i) => ({ q: sent.position[i]!, kp: sent.kp[i]!, kd: sent.kd[i]! }));
  }

  end(end: EndState, { position, kp, kd }: JointCommand): boolean {
    if (end === "hold") return this.#targets((i) => ({ q: position[i]!, kp: kp[i]!, kd: kd[i]! }));
    return this.#targets((i) => ({ q: 0, kp: 0, kd: end === "limp" ? 0 : kd[i]! }));
  }

  #targets(target: (joint: number) => MotorTarget): boolean {
    const targets: (MotorTarget | undefined)[] = new Array(MOTOR_SLOTS).fill(undefined);
    this.#motors.forEach((motor, joint) => {
      targets[motor] = target(joint);
    });
    return this.#publish(lowCmd(targets));
  }
}
