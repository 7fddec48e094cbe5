import type { RobotSpec } from "../../runtime/robot.ts";
import { machineNames, type Ros2Config, twistParts } from "./config.ts";
import type { Device } from "./intake.ts";
import { BaseStates } from "./state/base.ts";
import { Estop } from "./state/estop.ts";
import { ImuStates } from "./state/imu.ts";
import { JointStates } from "./state/joint-states.ts";
import { LowStates } from "./state/low-state.ts";
import type { Measured, Sensors } from "./state/measured.ts";
import { OdometryStates } from "./state/odometry.ts";
import { CompressedImageStates, ImageStates } from "./state/picture.ts";

/** What is heard of a machine. */
export interface Devices {
  readonly measured: Measured;
  /** Of all devices, by name. */
  readonly sensors: Sensors;
  /** Without each of these there is no sample; the joints' first. */
  readonly needed: readonly Device[];
  readonly estop: Estop | undefined;
  readonly images: Readonly<Record<string, ImageStates | CompressedImageStates>>;
}

/** Throws on names that do not fit, and on devices that would give the same sensor. */
export function devicesOf(spec: RobotSpec, config: Ros2Config, report: (text: string) => void): Devices {
  const names = machineNames(spec, config);
  const { state, imu, odometry, estop, images = {} } = config;
  const body = imu !== undefined && imu.orientation !== false;
  if (state.kind === "base" && odometry !== undefined)
    throw new Error("ros2: a base has its odometry already: leave one out");
  if (state.kind === "go2" && imu !== undefined)
    throw new Error("ros2: a Go2's LowState has its IMU already: leave imu out");

  const needed: Device[] = [];
  const sensors: Record<string, Float64Array> = {};
  const add = (device: Device, itsSensors: Sensors): void => {
    needed.push(device);
    Object.assign(sensors, itsSensors);
  };
  let measured: Measured;
  if (state.kind === "go2") {
    const low = new LowStates(state.topic, names);
    measured = low.measured;
    add(low as Device, low.sensors);
  } else if (state.kind === "base") {
    const base = new BaseStates(state.topic, twistParts(names), !body);
    measured = base.measured;
    add(base as Device, base.odometry.sensors);
  } else {
    const joints = new JointStates(state.topic, names, report);
    measured = joints.measured;
    add(joints as Device, {});
  }
  if (odometry !== undefined) {
    const device = new OdometryStates(odometry.topic, !body && state.kind !== "go2");
    add(device as Device, device.sensors);
  }
  if (imu !== undefined) {
    const device = new ImuStates(imu.topic, body);
    add(device as Device, device.sensors);
  }
  return {
    measured,
    sensors,
    needed,
    estop: estop === undefined ? undefined : new Estop(estop.topic, estop.latched === true),
    images: Object.fromEntries(
      Object.entries(images).map(([name, { topic, compressed }]) => [
        name,
        compressed === true ? new CompressedImageStates(topic) : new ImageStates(topic),
      ]),
    ),
  };
}
