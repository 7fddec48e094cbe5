import type { RobotSpec, Sample } from "../robot.ts";
import { bodyWriter, rosTime } from "./cdr.ts";
import { IMU, JOINT_STATE } from "./definitions.ts";
import type { LogMessage } from "./entry.ts";
import type { Topic } from "./topic.ts";

type Measured = Pick<Sample, "position" | "velocity" | "effort" | "sensors">;

const ORIENTATION = 4;
const VECTOR = 3;
/** In the first place of a covariance: this is not measured (sensor_msgs/Imu). */
const NOT_MEASURED = [-1, ...new Array<number>(8).fill(0)];
const UNKNOWN = new Array<number>(9).fill(0);

/** What a robot measured at a step, beside the row, in messages that others' tools know: /joint_states, and /imu where it has one. */
export class StandardTopics {
  readonly #joints: readonly string[];
  readonly #imu: RobotSpec["imu"];
  readonly #jointState = bodyWriter(JOINT_STATE);
  readonly #imuMessage = bodyWriter(IMU);

  constructor({ joints, imu }: Pick<RobotSpec, "joints" | "imu">) {
    this.#joints = joints.map(({ name }) => name);
    this.#imu = imu;
  }

  get topics(): Topic[] {
    const joints = { name: "/joint_states", type: "sensor_msgs/msg/JointState", definition: JOINT_STATE };
    const imu = { name: "/imu", type: "sensor_msgs/msg/Imu", definition: IMU };
    return this.#imu === undefined ? [joints] : [joints, imu];
  }

  /** The numbers of the messages: position, velocity and effort of the joints, then orientation, angular velocity and acceleration. */
  pack({ position, velocity, effort, sensors }: Measured): Float64Array {
    const imu = this.#imuSensors().flatMap((name) => [...(sensors[name] ?? [])]);
    return Float64Array.of(...position, ...velocity, ...effort, ...imu);
  }

  /** On the channels from `firstChannel` on. Nothing for numbers that are not as many as they should be. */
  messages(timeNs: bigint, packed: Float64Array, firstChannel: number): LogMessage[] {
    const count = this.#joints.length;
    const names = this.#imuSensors();
    const imuSize = names.length === 0 ? 0 : ORIENTATION + VECTOR * (names.length - 1);
    if (packed.length !== 3 * count + imuSize) return [];
    const header = { stamp: rosTime(timeNs), frame_id: "" };
    const part = (from: number, length: number) => packed.subarray(from, from + length);
    const joints = this.#jointState({
      header,
      name: this.#joints,
      position: part(0, count),
      velocity: part(count, count),
      effort: part(2 * count, count),
    });
    const messages = [{ channel: firstChannel, body: joints }];
    if (names.length === 0) return messages;
    const [w = 1, x = 0, y = 0, z = 0] = part(3 * count, ORIENTATION);
    const turning = part(3 * count + ORIENTATION, VECTOR);
    const acceleration = part(3 * count + ORIENTATION + VECTOR, VECTOR);
    const imu = this.#imuMessage({
      header: { ...header, frame_id: "imu" },
      orientation: { x, y, z, w },
      orientation_covariance: UNKNOWN,
      angular_velocity: vector(turning),
      angular_velocity_covariance: UNKNOWN,
      linear_acceleration: vector(acceleration),
      linear_acceleration_covariance: acceleration.length === 0 ? NOT_MEASURED : UNKNOWN,
    });
    return [...messages, { channel: firstChannel + 1, body: imu }];
  }

  #imuSensors(): string[] {
    if (this.#imu === undefined) return [];
    const { orientation, angularVelocity, linearAcceleration } = this.#imu;
    return [orientation, angularVelocity, ...(linearAcceleration === undefined ? [] : [linearAcceleration])];
  }
}

function vector([x = 0, y = 0, z = 0]: Float64Array): { x: number; y: number; z: number } {
  return { x, y, z };
}
