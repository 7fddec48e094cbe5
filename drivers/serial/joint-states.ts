import type { RobotSpec, Sample } from "../../runtime/robot.ts";
import type { ServoDriverSettings } from "./defaults.ts";
import type { RawHealth, RawState, ServoFamily } from "./servo-family.ts";
import type { ServoJoint } from "./servo-joint.ts";

/** The newest that is known of every joint, each with its own time; what does not look like motion is not believed. */
export class JointStates {
  readonly position: Float64Array;
  readonly velocity: Float64Array;
  readonly effort: Float64Array;
  readonly temperature: Float64Array;
  readonly voltage: Float64Array;
  readonly current: Float64Array;
  /** Raw positions. */
  readonly counts: Int32Array;
  readonly #spec: RobotSpec;
  readonly #family: ServoFamily;
  readonly #joints: readonly ServoJoint[];
  readonly #settings: ServoDriverSettings;
  /** When each joint was last measured, on the driver's clock; undefined: never. */
  readonly #times: (bigint | undefined)[];
  readonly #raw: RawState = { position: 0, velocity: 0, load: 0 };
  #hasCurrent = false;

  constructor(spec: RobotSpec, family: ServoFamily, joints: readonly ServoJoint[], settings: ServoDriverSettings) {
    const n = joints.length;
    this.#spec = spec;
    this.#family = family;
    this.#joints = joints;
    this.#settings = settings;
    this.position = new Float64Array(n);
    this.velocity = new Float64Array(n);
    this.effort = new Float64Array(n);
    this.temperature = new Float64Array(n);
    this.voltage = new Float64Array(n);
    this.current = new Float64Array(n);
    this.counts = new Int32Array(n);
    this.#times = joints.map(() => undefined);
  }

  /** False when what was read cannot be: faster than the joint can be. The joint then keeps what it had. */
  accept(joint: number, bytes: Uint8Array, offset: number, timeNs: bigint, countsAsNew: boolean): boolean {
    const raw = this.#raw;
    this.#family.readState(bytes, offset, raw);
    const { direction, effortPerLoad, currentPerLoad } = this.#joints[joint]!;
    const position = this.#joints[joint]!.toRadians(raw.position);
    const velocity = direction * this.#family.velocityUnit * raw.velocity;
    const before = this.#times[joint];
    const topSpeed = this.#settings.plausibleSpeed * this.#spec.joints[joint]!.velocityLimit;
    if (before !== undefined) {
      const seconds = Number(timeNs - before) / 1e9;
      const jump = Math.abs(position - this.position[joint]!);
      if (jump > topSpeed * seconds + this.#settings.plausibleJump || Math.abs(velocity) > topSpeed) return false;
    }
    this.counts[joint] = raw.position;
    this.position[joint] = position;
    this.velocity[joint] = velocity;
    this.effort[joint] = direction * effortPerLoad * raw.load;
    if (currentPerLoad !== undefined) {
      this.current[joint] = Math.abs(currentPerLoad * raw.load);
      this.#hasCurrent = true;
    }
    if (countsAsNew || before === undefined) this.#times[joint] = timeNs;
    return true;
  }

  acceptHealth(joint: number, { temperature, voltage, current }: RawHealth): void {
    this.temperature[joint] = temperature;
    this.voltage[joint] = voltage;
    if (current === undefined) return;
    this.current[joint] = current;
    this.#hasCurrent = true;
  }

  /** Joints that were never measured. */
  unknown(): number[] {
    return this.#times.flatMap((time, joint) => (time === undefined ? [joint] : []));
  }

  /** As old as its oldest joint. Its arrays are these. */
  sample(): Sample {
    let oldest = this.#times[0]!;
    for (const time of this.#times) if (time! < oldest) oldest = time!;
    const { position, velocity, effort, temperature, voltage, current } = this;
    const health = this.#hasCurrent ? { temperature, voltage, current } : { temperature, voltage };
    return { timeNs: oldest, position, velocity, effort, ...health, sensors: {} };
  }
}
