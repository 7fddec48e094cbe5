import { expect, test } from "vitest";
import type { Calibration } from "../../../calibration/file.ts";
import { FirstOrderPlant } from "../../../drivers/mock/first-order-plant.ts";
import { makeBus } from "../../../drivers/mock/make-bus.ts";
import { mountedRobot } from "../../../drivers/mock/mounting.ts";
import { FAMILIES } from "../../../drivers/serial/families.ts";
import { FeetechBus } from "../../../drivers/serial/feetech/feetech-bus.ts";
import { Line } from "../../../drivers/serial/line.ts";
import type { SerialRobot } from "../../../drivers/serial/serial-robot.ts";
import { realTimers } from "../../../drivers/serial/timers.ts";
import { SO101 } from "../../../robots/so101/so101.ts";
import { checkCalibration } from "../../../runtime/cli/doctor/calibration.ts";
import type { NeededRobot } from "../../../runtime/cli/doctor/need.ts";
import { checkServos } from "../../../runtime/cli/doctor/servos.ts";
import { THRESHOLDS } from "../../../runtime/cli/doctor/thresholds.ts";
import { stepSchema } from "../../../runtime/step.ts";
import { plugIn } from "../../drivers/mock/bus-of.ts";
import { verdicts } from "./fake-system.ts";

const { servos, calibration } = mountedRobot(SO101.spec, SO101.serial!, 0);
const schema = stepSchema(SO101.spec, SO101.task(SO101.settings));
const robot: NeededRobot = { spec: SO101.spec, serial: SO101.serial, schema, calibration };

interface Change {
  readonly setups?: typeof servos;
  readonly celsius?: number;
  readonly volts?: number;
  readonly calibration?: Calibration;
  readonly serial?: SerialRobot;
  /** Id of a servo whose motor is on. */
  readonly powered?: number;
}

/** What the doctor says of an emulated arm, and what its motors do meanwhile. */
async function examined({ setups = servos, calibration: its = calibration, serial, powered, ...emulation }: Change) {
  const plant = new FirstOrderPlant(SO101.spec.restPose.slice(0, setups.length));
  const emulated = makeBus("sts", setups, { plant, timers: realTimers, ...emulation });
  const line = new Line(plugIn(emulated), { slackMs: 2, settleMs: 0, echo: "no", lostAfter: 1000 });
  const bus = new FeetechBus(line, "sts", { returnDelayUs: 0 });
  if (powered !== undefined) {
    await bus.open();
    await bus.write(powered, FAMILIES.sts.torque.address, Uint8Array.of(1));
    await bus.close();
  }
  const before = emulated.targets();
  const need = { port: "memory", driver: "serial", robot: { ...robot, calibration: its, ...(serial && { serial }) } };
  const limits = { servos: { ...THRESHOLDS.servos, otherIds: 9, wakeMs: 50 } };
  const findings = await checkServos(() => bus, need, limits);
  expect(emulated.targets()).toEqual(before); // not one motor was powered
  return findings;
}

test("a healthy arm passes, joint for joint, and no motor is powered", async () => {
  const findings = await examined({});
  expect(verdicts(findings)).toEqual(SO101.spec.joints.map(({ name }, i) => `pass ${name} (servo ${i + 1})`));
  expect(findings[0]!.found).toMatch(/STS3215, \d+ °C, \d+\.\d V/);
});

test("silent servos and strangers are told of by id", async () => {
  const setups = servos.map((setup) => (setup.id === 4 ? { ...setup, id: 8 } : setup));
  const findings = await examined({ setups });
  expect(findings[0]).toMatchObject({ verdict: "fail", what: "servos 4 (wrist_flex)" });
  expect(verdicts(findings).at(-1)).toBe("warn servo 8");
});

test.each<{ is: string; change: Change; verdict: string; found: RegExp }>([
  { is: "hot", change: { celsius: 65 }, verdict: "fail", found: /65 °C, the robot's limit is 60/ },
  { is: "warm", change: { celsius: 52 }, verdict: "warn", found: /near the robot's limit/ },
  { is: "starved", change: { volts: 4 }, verdict: "fail", found: /4\.0 V, the robot needs 4\.5/ },
])("a servo that is $is is told of", async ({ change, verdict, found }) => {
  const [finding] = await examined(change);
  expect(finding!.verdict).toBe(verdict);
  expect(finding!.found).toMatch(found);
});

test("a servo of another model fails, and is asked no more", async () => {
  const robots = SO101.serial!.servos.map((servo) => (servo.id === 5 ? { ...servo, model: 1020 } : servo));
  const findings = await examined({ serial: { ...SO101.serial!, servos: robots } });
  expect(findings[4]).toMatchObject({ verdict: "fail", what: "wrist_roll (servo 5)" });
  expect(findings[4]!.found).toMatch(/found STS3215/);
});

test("a motor that another program left powered is told of", async () => {
  const findings = await examined({ powered: 2 });
  const told = findings.filter(({ what }) => what === "shoulder_lift (servo 2)");
  expect(told.find(({ verdict }) => verdict === "warn")!.found).toBe("its motor is powered");
  // It stalls on its way to a goal of long ago.
  expect(told.find(({ verdict }) => verdict === "fail")!.found).toMatch(/A at rest, the limit is 1\.8/);
});

test("a bus on which nobody answers is one failure that points at the power, and is not waited for", async () => {
  const findings = await examined({ setups: [] });
  expect(findings).toHaveLength(1);
  expect(findings[0]!.fix).toMatch(/power on, and is 1000000 their baud rate/);
});

test("a homing offset that is not the calibrated one fails, and says what to do", async () => {
  const joints = calibration.joints.map((joint, i) =>
    i === 2 ? { ...joint, homingOffset: joint.homingOffset! + 3 } : joint,
  );
  const findings = await examined({ calibration: { ...calibration, joints } });
  const failed = findings.filter(({ verdict }) => verdict === "fail");
  expect(failed).toMatchObject([{ what: "elbow_flex (servo 3)", fix: "reverie calibrate so101" }]);
  expect(failed[0]!.found).toMatch(/homing offset/);
});

test("a joint far outside what it was calibrated to reach fails", async () => {
  const joints = calibration.joints.map((joint, i) => (i === 0 ? { ...joint, min: joint.max - 20 } : joint));
  const [finding] = await examined({ calibration: { ...calibration, joints } });
  expect(finding).toMatchObject({ verdict: "fail", what: "shoulder_pan (servo 1)" });
  expect(finding!.found).toMatch(/outside what it was calibrated/);
});

test("a port nobody named is a failure only for a robot on a bus", async () => {
  const none = () => {
    throw new Error("not to be opened");
  };
  const ask = (driver: string) => checkServos(none, { port: "", driver, robot }, THRESHOLDS);
  expect((await ask("serial"))[0]!.verdict).toBe("fail");
  expect((await ask("sim"))[0]!.verdict).toBe("note");
});

test("a calibration passes when whole, and fails when absent, of other servos or short of a joint", () => {
  expect(checkCalibration(robot)[0]!.verdict).toBe("pass");
  expect(checkCalibration({ ...robot, calibration: undefined })[0]!.verdict).toBe("note");
  const error = new Error("so101: no calibration at /x, so it does not move; measure it with: reverie calibrate so101");
  expect(checkCalibration({ ...robot, calibration: error })[0]).toMatchObject({
    verdict: "fail",
    fix: "reverie calibrate so101",
  });
  const joints = calibration.joints.map((joint, i) => (i === 1 ? { ...joint, model: 1 } : joint));
  expect(checkCalibration({ ...robot, calibration: { ...calibration, joints } })[0]!.found).toMatch(
    /shoulder_lift: of servo 2, model 1/,
  );
  const short = { ...calibration, joints: calibration.joints.slice(1) };
  expect(checkCalibration({ ...robot, calibration: short })[0]!.found).toMatch(/without shoulder_pan/);
});
