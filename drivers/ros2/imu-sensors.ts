import type { ImuSensors } from "../../runtime/robot.ts";
import type { Ros2Config } from "./config.ts";

/** What of a machine's samples is in its IMU's axes: `ImuStates` and `LowStates` name their sensors so. */
export type ImuAxes = Partial<ImuSensors> & Required<Omit<ImuSensors, "orientation">>;

/** Undefined where a machine has no IMU of its own topic; without an orientation where that is its odometry's. */
export function imuAxesOf({ state, imu }: Ros2Config): ImuAxes | undefined {
  if (state.kind !== "go2" && imu === undefined) return undefined;
  const turning = { angularVelocity: "gyro", linearAcceleration: "acceleration" };
  return imu?.orientation === false ? turning : { orientation: "orientation", ...turning };
}
