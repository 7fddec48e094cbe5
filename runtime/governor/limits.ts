import type { JointSpec, RobotSpec } from "../robot.ts";

/** A target that must not reach a motor, or a measurement that cannot be limited against. */
export class RefusedTarget extends Error {}

/** How often each limit decided a joint's target, counted by joint and servo tick: the last that changed it. */
export interface LimitCounts {
  readonly acceleration: number;
  readonly velocity: number;
  /** Too far from the measured position. */
  readonly error: number;
  /** Of the torque the motor's controller would ask for. */
  readonly effort: number;
  /** Soft and hard position limits. */
  readonly position: number;
}

/** Ways of so many braking steps never end in them, and lose their fractions. */
const FAR = 1e12;
/** Changes smaller than this are rounding, rad. */
const NOTHING = 1e-9;

/**
 * The last code before the motors. Each target, in this order: not faster or more abruptly than the joint may move, seen
 * from the previous COMMAND (a joint that lags cannot ratchet it along), braking in time for the target and the ends of
 * the range; within `maxPositionError` of the measured position; within the effort limit by the controller's own law,
 * kp·(target − q) − kd·q̇; within the position limits. What comes later wins: a joint that is dragged away is followed
 * rather than fought. A number that is not finite is refused, never clamped.
 */
export class Limiter {
  readonly #joints: readonly JointSpec[];
  readonly #maxPositionError: number;
  readonly #period: number;
  readonly #previous: Float64Array;
  /** Of the command, rad/s. */
  readonly #velocity: Float64Array;
  readonly #counts = { acceleration: 0, velocity: 0, error: 0, effort: 0, position: 0 };

  constructor({ joints, servoRateHz }: RobotSpec, maxPositionError: number) {
    this.#joints = joints;
    this.#maxPositionError = maxPositionError;
    this.#period = 1 / servoRateHz;
    this.#previous = new Float64Array(joints.length);
    this.#velocity = new Float64Array(joints.length);
  }

  get counts(): LimitCounts {
    return { ...this.#counts };
  }

  /** The command in force is `position`, at rest. */
  seed(position: ArrayLike<number>): void {
    for (let i = 0; i < this.#previous.length; i++) this.#previous[i] = position[i]!;
    this.#velocity.fill(0);
  }

  /** One servo tick, in place: rad, measured rad and rad/s. Throws `RefusedTarget`; the command in force stays. */
  limit(target: Float64Array, position: ArrayLike<number>, velocity: ArrayLike<number>): void {
    this.#check(target, position, velocity);
    for (let i = 0; i < target.length; i++) {
      const joint = this.#joints[i]!;
      const previous = this.#previous[i]!;
      const wanted = this.#limitPosition(joint, target[i]!);
      const slow = this.#limitVelocity(joint, wanted, previous);
      const gentle = this.#limitAcceleration(joint, wanted, slow, previous, this.#velocity[i]!);
      const near = this.#limitError(gentle, position[i]!);
      const weak = this.#limitEffort(joint, near, position[i]!, velocity[i]!);
      const sent = this.#limitPosition(joint, weak);
      if (differ(sent, weak)) this.#counts.position++;
      else if (differ(weak, near)) this.#counts.effort++;
      else if (differ(near, gentle)) this.#counts.error++;
      else if (differ(gentle, slow)) this.#counts.acceleration++;
      else if (differ(slow, wanted)) this.#counts.velocity++;
      else if (differ(wanted, target[i]!)) this.#counts.position++;
      const speed = (sent - previous) / this.#period;
      this.#velocity[i] = Math.min(Math.max(speed, -joint.velocityLimit), joint.velocityLimit);
      this.#previous[i] = sent;
      target[i] = sent;
    }
  }

  #check(target: Float64Array, position: ArrayLike<number>, velocity: ArrayLike<number>): void {
    const joints = this.#joints;
    if (target.length !== joints.length || position.length !== joints.length || velocity.length !== joints.length) {
      throw new RefusedTarget(
        `limits: expected ${joints.length} joints, found ${target.length} targets, ${position.length} positions and ${velocity.length} velocities`,
      );
    }
    for (let i = 0; i < joints.length; i++) {
      this.#finite(i, "target", target[i]!);
      this.#finite(i, "measured position", position[i]!);
      this.#finite(i, "measured velocity", velocity[i]!);
    }
  }

  #finite(joint: number, what: string, value: number): void {
    if (!Number.isFinite(value)) {
      throw new RefusedTarget(`limits: ${this.#joints[joint]!.name}: expected a finite ${what}, found ${value}`);
    }
  }

  #limitVelocity({ velocityLimit }: JointSpec, wanted: number, previous: number): number {
    const most = velocityLimit * this.#period;
    return Math.min(Math.max(wanted, previous - most), previous + most);
  }

  /** Fast enough, but no faster than from where braking at the limit still ends at the target and within the range. */
  #limitAcceleration(joint: JointSpec, wanted: number, target: number, previous: number, speed: number): number {
    const { accelerationLimit, max, min, softMargin } = joint;
    const period = this.#period;
    const asked = (target - previous) / period;
    const towardsEnd = asked > 0 ? max - softMargin - previous : previous - min - softMargin;
    const way = Math.min(Math.abs(wanted - previous), Math.max(0, towardsEnd));
    const most = brakingSpeed(way, accelerationLimit, period);
    const change = accelerationLimit * period;
    const stoppable = Math.min(Math.max(asked, -most), most);
    const next = Math.min(Math.max(stoppable, speed - change), speed + change);
    return next === asked ? target : previous + next * period;
  }

  #limitError(target: number, position: number): number {
    const error = this.#maxPositionError;
    return Math.min(Math.max(target, position - error), position + error);
  }

  #limitEffort({ effortLimit, kp, kd }: JointSpec, target: number, position: number, velocity: number): number {
    if (kp === 0) return target;
    const free = position + (kd * velocity) / kp;
    return Math.min(Math.max(target, free - effortLimit / kp), free + effortLimit / kp);
  }

  #limitPosition({ min, max, softMargin }: JointSpec, target: number): number {
    return Math.min(Math.max(target, min + softMargin), max - softMargin);
  }
}

function differ(a: number, b: number): boolean {
  return Math.abs(a - b) > NOTHING;
}

/**
 * The highest speed, rad/s, from which slowing down by `deceleration`·`period` each tick ends within `distance`, rad.
 * In those units of speed and of distance: v = n + f comes to (n + 1)·(f + n/2).
 */
function brakingSpeed(distance: number, deceleration: number, period: number): number {
  const change = deceleration * period;
  const way = distance / (change * period);
  if (!(way < FAR)) return Number.POSITIVE_INFINITY;
  const whole = Math.floor((Math.sqrt(1 + 8 * way) - 1) / 2);
  return change * (whole + way / (whole + 1) - whole / 2);
}
