import { assertFinite, type Device, nanoseconds } from "../intake.ts";
import type { Imu, Vector3 } from "../messages/types.ts";
import type { Topic } from "../transport.ts";
import { assertRotation } from "./low-state.ts";
import type { Sensors } from "./measured.ts";

/**
 * The body's attitude from sensor_msgs/Imu. Sensors: "orientation" (w, x, y, z) unless the IMU gives none, "gyro" (rad/s)
 * and "acceleration" (m/s²) in the body's frame.
 */
export class ImuStates implements Device<"sensor_msgs/msg/Imu"> {
  readonly topic: Topic<"sensor_msgs/msg/Imu">;
  readonly sensors: Sensors;
  readonly #oriented: boolean;

  constructor(topic: string, oriented: boolean) {
    this.topic = { name: topic, type: "sensor_msgs/msg/Imu", qos: "sensor" };
    this.#oriented = oriented;
    const turning = { gyro: new Float64Array(3), acceleration: new Float64Array(3) };
    this.sensors = oriented ? { orientation: new Float64Array(4), ...turning } : turning;
  }

  stampNs({ header }: Imu): bigint {
    return nanoseconds(header.stamp);
  }

  check(message: Imu): void {
    const { orientation: q } = message;
    assertFinite("angular_velocity", xyz(message.angular_velocity));
    assertFinite("linear_acceleration", xyz(message.linear_acceleration));
    if (!this.#oriented) return;
    if (message.orientation_covariance[0] === -1) {
      throw new Error("expected an orientation, found that this IMU has none (covariance −1)");
    }
    assertFinite("orientation", [q.w, q.x, q.y, q.z]);
    assertRotation([q.w, q.x, q.y, q.z]);
  }

  keep({ orientation: q, angular_velocity, linear_acceleration }: Imu): void {
    this.sensors.gyro!.set(xyz(angular_velocity));
    this.sensors.acceleration!.set(xyz(linear_acceleration));
    this.sensors.orientation?.set([q.w, q.x, q.y, q.z]);
  }
}

export function xyz({ x, y, z }: Vector3): [number, number, number] {
  return [x, y, z];
}
