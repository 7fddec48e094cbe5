import {
  type Calibration,
  calibrationHash,
  calibrationPath,
  findCalibration,
  loadCalibration,
} from "../../calibration/file.ts";
import { calibratedSpec, mountedSpec } from "../../calibration/spec.ts";
import { mountedRobot } from "../../drivers/mock/mounting.ts";
import type { Ros2Config } from "../../drivers/ros2/config.ts";
import { imuAxesOf } from "../../drivers/ros2/imu-sensors.ts";
import { serialDevices, thisSystem } from "../../drivers/serial/port-advice.ts";
import type { SerialRobot } from "../../drivers/serial/serial-robot.ts";
import type { RobotDefinition } from "../../robots/definition.ts";
import type { Clock } from "../clock.ts";
import { DRIVER_DEFAULTS, type DriverSettings, type RuntimeConfig } from "../defaults.ts";
import type { Driver, RobotSpec } from "../robot.ts";
import { imagesSeen, withSights } from "./sights.ts";
import { UsageError } from "./usage-error.ts";

/** What can carry a robot, where the robot's definition says how. */
export const DRIVERS = ["sim", "mock", "serial", "ros2"] as const;
export type DriverName = (typeof DRIVERS)[number];

/** Of a run's settings, those that say what carries the robot; the groups that are missing have their defaults. */
export interface Carriage extends Partial<DriverSettings> {
  /** A `DriverName`. */
  readonly driver: string;
}

/** Those that can carry this robot. */
export function driversOf({ serial, ros2 }: RobotDefinition): readonly DriverName[] {
  return [
    "sim",
    ...(serial || ros2 ? (["mock"] as const) : []),
    ...(serial ? (["serial"] as const) : []),
    ...(ros2 ? (["ros2"] as const) : []),
  ];
}

/** Throws where the robot cannot be carried so, or not on that clock. */
export function assertDriver(
  definition: RobotDefinition,
  { driver, clock }: Carriage & { readonly clock: string },
): void {
  const drivers: readonly string[] = driversOf(definition);
  const { name } = definition.spec;
  if (!drivers.includes(driver)) {
    const there = drivers.join(", ");
    throw new UsageError(`expected --driver to be one of those that carry ${name}, ${there}, found "${driver}"`);
  }
  if (clock === "lockstep" && driver !== "sim") {
    throw new UsageError(
      `expected --clock lockstep with --driver sim alone, found ${driver}: in lockstep time stands still while the learner trains, and ` +
        "a machine's does not",
    );
  }
}

/** Throws where the task reads sensors that what carries the robot does not have. */
export function assertSensors(
  { spec, sensors, serial }: RobotDefinition,
  { driver, task }: Carriage & { readonly task: RobotDefinition["settings"] },
): void {
  const read = sensors?.(task) ?? [];
  if (read.length === 0 || serial === undefined || !["mock", "serial"].includes(driver)) return;
  throw new Error(
    `${spec.name}: expected a task that reads its servos alone with --driver ${driver}, found one that reads ${read.join(", ")}; ` +
      "where the robot has another, its README says which --task setting",
  );
}

/** Throws where nobody said where the robot's servos are, listing what there is. */
export function assertReachable({ spec }: RobotDefinition, { driver, serial }: Carriage, system = thisSystem): void {
  if (driver !== "serial" || serial?.port) return;
  const there = serialDevices(system);
  throw new Error(
    `${spec.name}: expected --serial.port to say where its servos are, as /dev/ttyACM0 or tcp://host:port, found none; ` +
      (there.length === 0 ? "no serial device is to be seen here" : `here there are ${there.join(", ")}`),
  );
}

/**
 * The robot as what carries it knows it: with the cameras that the run has, and calibrated where that needs a calibration.
 * Throws where there is none.
 */
export function carriedSpec(definition: RobotDefinition, carriage: Carriage): RobotSpec {
  const spec = machineSpec(definition, carriage, calibrationOf(definition, carriage));
  const images = imagesSeen(definition, carriage);
  return images === undefined ? spec : { ...spec, images };
}

function machineSpec(
  definition: RobotDefinition,
  { driver }: Carriage,
  calibration: Calibration | undefined,
): RobotSpec {
  const { spec, ros2 } = definition;
  if (!isOverRos2(definition, driver)) return calibration === undefined ? spec : calibratedSpec(spec, calibration);
  const axes = ros2 && imuAxesOf(ros2);
  const heard = spec.imu && axes ? { ...spec, imu: { ...spec.imu, ...axes } } : spec;
  return calibration === undefined ? heard : mountedSpec(heard, calibration);
}

/** What a driver is made of besides the robot. */
export type Carried = Carriage & { readonly task: RobotDefinition["settings"]; readonly runtime: RuntimeConfig };

/** The driver of a run, with its cameras, not yet open. `report` gets lines for a person. */
export async function makeDriver(
  definition: RobotDefinition,
  carriage: Carried,
  clock: Clock,
  report: (line: string) => void,
): Promise<Driver> {
  const driver = await mountedDriver(definition, carriage, clock, report);
  return withSights(driver, definition, carriage, clock, report);
}

/** The machine's driver, whose IMU speaks in the body's axes where it was measured how it sits. */
async function mountedDriver(
  definition: RobotDefinition,
  carriage: Carried,
  clock: Clock,
  report: (line: string) => void,
): Promise<Driver> {
  const driver = await unmountedDriver(definition, carriage, clock, report);
  const { ros2 } = definition;
  const calibration = carriage.driver === "ros2" ? calibrationOf(definition, carriage) : undefined;
  if (ros2 === undefined || calibration?.imu === undefined) return driver;
  const { MountedImuDriver } = await import("../../drivers/imu/mounted-driver.ts");
  const { imu } = calibration;
  const hash = calibrationHash(calibration);
  return new MountedImuDriver({ driver, imu, sensors: imuAxesOf(ros2) ?? {}, calibrationHash: hash });
}

/** The same, whose IMU speaks in its own axes: for who measures how it is mounted. */
export async function unmountedDriver(
  definition: RobotDefinition,
  carriage: Carried,
  clock: Clock,
  report: (line: string) => void,
): Promise<Driver> {
  const spec = carriedSpec(definition, carriage);
  switch (isOverRos2(definition, carriage.driver) ? "ros2" : carriage.driver) {
    case "mock":
    case "serial": {
      const { makeSerialDriver } = await import("../../drivers/serial/make-driver.ts");
      const mocked =
        carriage.driver === "mock" ? { slackMs: carriage.mock?.slackMs ?? DRIVER_DEFAULTS.mock.slackMs } : {};
      const serial = { ...DRIVER_DEFAULTS.serial, ...carriage.serial, ...mocked };
      const calibration = calibrationOf(definition, carriage)!;
      return makeSerialDriver(spec, serialOf(definition), calibration, serial, clock, report);
    }
    case "ros2": {
      const { makeRos2Driver } = await import("../../drivers/ros2/make-driver.ts");
      return makeRos2Driver(spec, ros2Of(definition, carriage), clock, report);
    }
    default: {
      const { SimDriver } = await import("../../drivers/sim/sim-driver.ts");
      return new SimDriver(spec, definition.simulation(carriage.task), clock, carriage.runtime.sim);
    }
  }
}

/** How the robot's servos sit on their bus. Throws on a robot that has none. */
export function serialOf({ spec, serial }: RobotDefinition): SerialRobot {
  if (serial === undefined) throw new Error(`${spec.name}: no servos on a bus are described`);
  return serial;
}

/** Where ROS 2 has the robot, and its topics, with what the run says of them. Throws on a robot that it has not. */
export function ros2Of({ spec, ros2 }: RobotDefinition, carriage: Pick<Carriage, "ros2">): Ros2Config {
  if (ros2 === undefined) throw new Error(`${spec.name}: no ROS 2 machine is described`);
  const { url, estop, estopSilentMs } = { ...DRIVER_DEFAULTS.ros2, ...carriage.ros2 };
  return {
    ...ros2,
    ...(url !== "" && { transport: { kind: "rosbridge", url } as const }),
    ...(estop !== "" && { estop: { topic: estop, silentMs: estopSilentMs } }),
  };
}

/** Whether ROS 2 carries it: a real machine on it, or the emulated one of a robot that has no servos on a bus. */
function isOverRos2({ serial }: RobotDefinition, driver: string): boolean {
  return driver === "ros2" || (driver === "mock" && serial === undefined);
}

/**
 * The emulated machine's true one, or the file of a real one; undefined where none is needed, and over ROS 2, where it is for
 * the IMU alone, where there is none of that.
 */
function calibrationOf(definition: RobotDefinition, { driver, serial, mock }: Carriage): Calibration | undefined {
  const { spec } = definition;
  const path = serial?.calibration || calibrationPath(spec.name);
  if (driver === "mock") {
    if (definition.serial === undefined) return undefined;
    const { seed } = { ...DRIVER_DEFAULTS.mock, ...mock };
    return mountedRobot(spec, serialOf(definition), seed).calibration;
  }
  if (driver === "serial") return loadCalibration(spec.name, path);
  const found = driver === "ros2" ? findCalibration(spec.name, path) : undefined;
  return found?.imu === undefined ? undefined : found;
}
