import { assertFinite, type Device, nanoseconds } from "../intake.ts";
import type { Odometry, Quaternion } from "../messages/types.ts";
import type { Topic } from "../transport.ts";
import { xyz } from "./imu.ts";
import { assertRotation } from "./low-state.ts";
import type { Sensors } from "./measured.ts";

/**
 * Where the base is, from nav_msgs/Odometry. Sensors: "position" (m), "velocity" (m/s) in the odometry's frame, into which
 * the message's twist is turned, and "twist" (m/s, then rad/s) in the base's own; also "orientation" (w, x, y, z) and
 * "gyro" (rad/s) where no IMU gives them.
 */
export class OdometryStates implements Device<"nav_msgs/msg/Odometry"> {
  readonly topic: Topic<"nav_msgs/msg/Odometry">;
  readonly sensors: Sensors;

  constructor(topic: string, attitude: boolean) {
    this.topic = { name: topic, type: "nav_msgs/msg/Odometry", qos: "sensor" };
    const place = { position: new Float64Array(3), velocity: new Float64Array(3), twist: new Float64Array(6) };
    this.sensors = attitude ? { ...place, orientation: new Float64Array(4), gyro: new Float64Array(3) } : place;
  }

  stampNs({ header }: Odometry): bigint {
    return nanoseconds(header.stamp);
  }

  check({ pose, twist }: Odometry): void {
    const { x, y, z, w } = pose.pose.orientation;
    assertFinite("position", xyz(pose.pose.position));
    assertFinite("orientation", [w, x, y, z]);
    assertRotation([w, x, y, z]);
    assertFinite("linear twist", xyz(twist.twist.linear));
    assertFinite("angular twist", xyz(twist.twist.angular));
  }

  keep({ pose, twist }: Odometry): void {
    const { position, orientation } = pose.pose;
    const { linear, angular } = twist.twist;
    this.sensors.position!.set(xyz(position));
    this.sensors.velocity!.set(turned(orientation, xyz(linear)));
    this.sensors.twist!.set([...xyz(linear), ...xyz(angular)]);
    this.sensors.orientation?.set([orientation.w, orientation.x, orientation.y, orientation.z]);
    this.sensors.gyro?.set(xyz(angular));
  }
}

/** `v + 2w(u × v) + 2u × (u × v)` with u the quaternion's vector part. */
export function turned(
  { w, x, y, z }: Quaternion,
  [a, b, c]: readonly [number, number, number],
): [number, number, number] {
  const [p, q, r] = [2 * (y * c - z * b), 2 * (z * a - x * c), 2 * (x * b - y * a)];
  return [a + w * p + y * r - z * q, b + w * q + z * p - x * r, c + w * r + x * q - y * p];
}
