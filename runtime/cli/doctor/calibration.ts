import { type Finding, fail, note, pass, warn } from "./finding.ts";
import type { NeededRobot } from "./need.ts";

/** The machine's own calibration: there, whole, and of these servos. What its servos say now is under servos. */
export function checkCalibration(robot: NeededRobot | undefined): Finding[] {
  if (robot === undefined) return [note("calibration", "no robot was named")];
  const { calibration, serial, spec } = robot;
  const anew = `reverie calibrate ${spec.name}`;
  if (calibration === undefined) return [note("calibration", `${spec.name} needs none with this driver`)];
  if (calibration instanceof Error) {
    const [found = "", fix = anew] = calibration.message.split("; measure it with: ");
    return [fail("calibration", found, fix)];
  }
  const { created, method, joints } = calibration;
  const names = new Set(joints.map(({ name }) => name));
  const absent = spec.joints.filter(({ name }) => !names.has(name)).map(({ name }) => name);
  if (absent.length > 0) return [fail("calibration", `of ${created}, without ${absent.join(", ")}`, anew)];
  for (const [i, { name }] of spec.joints.entries()) {
    const joint = joints.find((each) => each.name === name)!;
    const servo = serial?.servos[i];
    if (servo !== undefined && (joint.id !== servo.id || joint.model !== servo.model)) {
      const found = `${name}: of servo ${joint.id}, model ${joint.model}; the robot has ${servo.id}, model ${servo.model}`;
      return [fail("calibration", found, anew)];
    }
  }
  if (Number.isNaN(Date.parse(created))) return [warn("calibration", `whole, made ${created}: no date`, anew)];
  return [pass("calibration", `of ${created.slice(0, 10)}, ${method}, ${joints.length} joints`)];
}
