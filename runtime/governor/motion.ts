import type { JointCommand, RobotSpec } from "../robot.ts";
import type { Task } from "../task.ts";
import { LowPass } from "./filter.ts";
import { Limiter } from "./limits.ts";

/** From an action to what the motors are told: map, low-pass once a policy tick, line between two of those, limits. */
export class Motion {
  readonly limiter: Limiter;
  readonly #task: Task;
  readonly #filter: LowPass;
  readonly #slots: number;
  readonly #from: Float64Array;
  readonly #to: Float64Array;
  readonly #setpoint: Float64Array;
  readonly #command: JointCommand;
  #startSlot = 0;

  constructor(spec: RobotSpec, task: Task) {
    const joints = spec.joints.length;
    this.limiter = new Limiter(spec, task.maxPositionError);
    this.#task = task;
    this.#filter = new LowPass(task.filterHz, spec.policyRateHz, joints);
    this.#slots = servoTicksPerPolicyTick(spec);
    this.#from = new Float64Array(joints);
    this.#to = new Float64Array(joints);
    this.#setpoint = new Float64Array(joints);
    this.#command = {
      position: new Float64Array(joints),
      kp: Float64Array.from(spec.joints, (joint) => joint.kp),
      kd: Float64Array.from(spec.joints, (joint) => joint.kd),
    };
  }

  /** Stands still at `position`, rad: where the machine is or, under load, the command that holds it there. */
  seed(position: Float64Array): void {
    this.limiter.seed(position);
    this.#filter.reset(position);
    for (const target of [this.#from, this.#to, this.#setpoint]) target.set(position);
    this.#startSlot = 0;
  }

  /** Heads for an action; `slot` is the first servo tick of the policy tick that moves towards it. */
  head(action: Float32Array, slot: number): void {
    this.#from.set(this.#setpoint);
    this.#task.mapAction(action, this.#to);
    this.#filter.filter(this.#to, this.#to);
    this.#startSlot = slot;
  }

  /** A policy tick begins: goes on to the last target over the whole of it, unless `head` comes. */
  turn(): void {
    this.#from.set(this.#setpoint);
    this.#startSlot = 0;
  }

  /** The limited command of a servo tick; overwritten by the next. Throws `RefusedTarget`. */
  command(slot: number, position: Float64Array, velocity: Float64Array): JointCommand {
    const share = (slot - this.#startSlot + 1) / (this.#slots - this.#startSlot);
    const target = this.#command.position;
    for (let i = 0; i < target.length; i++) {
      this.#setpoint[i] = this.#from[i]! + (this.#to[i]! - this.#from[i]!) * share;
    }
    target.set(this.#setpoint);
    this.limiter.limit(target, position, velocity);
    return this.#command;
  }
}

/** Throws unless the servo rate is a whole multiple of the policy rate. */
export function servoTicksPerPolicyTick({ name, servoRateHz, policyRateHz }: RobotSpec): number {
  const ticks = servoRateHz / policyRateHz;
  if (!Number.isInteger(ticks) || ticks < 1) {
    throw new Error(`${name}: expected a servo rate that is a multiple of ${policyRateHz} Hz, found ${servoRateHz} Hz`);
  }
  return ticks;
}
