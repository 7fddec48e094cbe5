import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { saveCalibration } from "../../calibration/file.ts";
import { mountedRobot } from "../../drivers/mock/mounting.ts";
import type { RobotDefinition } from "../../robots/definition.ts";
import { GO2 } from "../../robots/go2/go2.ts";
import { REACHER } from "../../robots/reacher/reacher.ts";
import { SO101_SPEC } from "../../robots/so101/joints.ts";
import { SO101_SERVOS } from "../../robots/so101/servos.ts";
import { SO101 } from "../../robots/so101/so101.ts";
import { assertReachable, carriedSpec, driversOf, makeDriver, unmountedDriver } from "../../runtime/cli/drivers.ts";
import { checkRobot, checkTask, robotDefaults } from "../../runtime/cli/robot-settings.ts";
import { RealtimeClock } from "../../runtime/clock.ts";
import { DRIVER_DEFAULTS } from "../../runtime/defaults.ts";

const so101 = SO101 as unknown as RobotDefinition;
const reacher = REACHER as unknown as RobotDefinition;
const settings = robotDefaults("so101", so101);
const at = (port: string, calibration = "/nowhere/so101.json") => ({
  serial: { ...DRIVER_DEFAULTS.serial, port, calibration },
});

test("a robot is carried by what its definition describes, and by nothing else", () => {
  expect(driversOf(so101)).toEqual(["sim", "mock", "serial"]);
  expect(driversOf(reacher)).toEqual(["sim"]);
  expect(() => checkTask(reacher, { ...robotDefaults("reacher", reacher), driver: "serial" }, undefined)).toThrow(
    'expected --driver to be one of those that carry reacher, sim, found "serial"',
  );
});

test.each(["mock", "serial"])("%s has no lockstep, and says why", (driver) => {
  expect(() => checkTask(so101, { ...settings, driver, clock: "lockstep" }, undefined)).toThrow(
    new RegExp(`expected --clock lockstep with --driver sim alone, found ${driver}: in lockstep time stands still`),
  );
});

test("real servos need a calibration and a port; what to do is said", () => {
  const serial = { ...settings, driver: "serial" };
  expect(() => checkRobot(so101, { ...serial, ...at("/dev/ttyACM0") }, undefined)).toThrow(
    "so101: no calibration at /nowhere/so101.json, so it does not move; measure it with: reverie calibrate so101",
  );
  const system = {
    list: (path: string) => (path === "/dev" ? ["ttyACM3", "null"] : []),
    read: () => "",
    link: () => "",
  };
  expect(() => assertReachable(so101, serial, system)).toThrow(/--serial.port .*here there are \/dev\/ttyACM3/);
  expect(() => assertReachable(so101, { ...serial, ...at("tcp://arm:2000") }, system)).not.toThrow();
});

test("a calibrated machine has its hash in the schema: a run of one does not go on with another", () => {
  const folder = mkdtempSync(join(tmpdir(), "reverie-calibration-"));
  const files = [0, 1].map((seed) => {
    const path = join(folder, `${seed}.json`);
    saveCalibration(mountedRobot(SO101_SPEC, SO101_SERVOS, seed).calibration, path);
    return { ...settings, driver: "serial", ...at("/dev/ttyACM0", path) };
  });
  expect(carriedSpec(so101, files[0]!).calibration).toHaveLength(64);
  expect(() => checkRobot(so101, files[0]!, files[0])).not.toThrow();
  expect(() => checkRobot(so101, files[1]!, files[0])).toThrow(/calibration/);
  rmSync(folder, { recursive: true });
});

test("an emulated machine is the same for its own seed, whatever the run's", () => {
  const hash = (seed: number, mock: number) =>
    carriedSpec(so101, { ...settings, driver: "mock", seed, mock: { ...settings.mock, seed: mock } } as typeof settings)
      .calibration;
  expect(hash(0, 3)).toBe(hash(7, 3));
  expect(hash(0, 3)).not.toBe(hash(0, 4));
  expect(carriedSpec(so101, settings).calibration).toBeUndefined();
});

test("a machine on ROS 2 whose IMU was measured is another one, and its driver knows how it sits", async () => {
  const folder = mkdtempSync(join(tmpdir(), "reverie-imu-"));
  const go2 = GO2 as unknown as RobotDefinition;
  const calibration = join(folder, "go2.json");
  const ros2 = {
    ...robotDefaults("go2", go2),
    driver: "ros2",
    ...at("", calibration),
    ros2: { ...DRIVER_DEFAULTS.ros2, url: "ws://127.0.0.1:9" },
  };
  const plain = carriedSpec(go2, ros2);
  expect(plain.calibration).toBeUndefined();
  expect(plain.imu?.linearAcceleration).toBe("acceleration");
  expect((await makeDriver(go2, ros2, new RealtimeClock(), () => {})).calibrationHash ?? "").toBe("");
  const imu = { mounting: [0, 0, 0, 1], gyroBias: [0.01, 0, 0] } as const;
  saveCalibration({ robot: "go2", created: "2026-01-01", serials: [], method: "imu", joints: [], imu }, calibration);
  const mounted = carriedSpec(go2, ros2);
  expect(mounted.calibration).toHaveLength(64);
  expect(mounted.joints).toEqual(GO2.spec.joints);
  const driver = await makeDriver(go2, ros2, new RealtimeClock(), () => {});
  expect(driver.calibrationHash).toBe(mounted.calibration);
  expect((await unmountedDriver(go2, ros2, new RealtimeClock(), () => {})).calibrationHash ?? "").toBe("");
  rmSync(folder, { recursive: true });
});

test("a robot on ROS 2 is reached where its definition says, or where the run does", async () => {
  const definition: RobotDefinition = {
    ...reacher,
    ros2: {
      transport: { kind: "rosbridge", url: "ws://robot:9090" },
      state: { kind: "joint-states", topic: "/joint_states" },
      command: { kind: "forward", topic: "/commands" },
    },
  };
  expect(driversOf(definition)).toEqual(["sim", "mock", "ros2"]);
  const ros2 = {
    ...robotDefaults("reacher", reacher),
    driver: "ros2",
    ros2: { ...DRIVER_DEFAULTS.ros2, url: "ws://127.0.0.1:9" },
  };
  const driver = await makeDriver(definition, ros2, new RealtimeClock(), () => {});
  await expect(driver.open()).rejects.toThrow(/ws:\/\/127\.0\.0\.1:9/);
  await driver.close();
});
