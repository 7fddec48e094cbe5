import type { RobotSpec } from "../runtime/robot.ts";
import type { Calibration } from "./file.ts";
import type { JointCalibration } from "./joint.ts";

/** What has to be known of a joint's servo that LeRobot's file does not say. */
export interface LeRobotServo {
  readonly id: number;
  readonly model: number;
  readonly countsPerTurn: number;
  /** As the robot is usually put together: what its `drive_mode` 0 is. */
  readonly direction: 1 | -1;
}

/** Of one motor: LeRobot's `MotorCalibration`. */
interface LeRobotMotor {
  readonly id: number;
  readonly drive_mode: number;
  readonly homing_offset: number;
  readonly range_min: number;
  readonly range_max: number;
}

const FIELDS = ["id", "drive_mode", "homing_offset", "range_min", "range_max"] as const;

/**
 * A calibration from LeRobot's JSON. LeRobot reckons angles from the middle of a joint's range, so the middle of the counts is
 * taken for the middle of the joint's limits. It has written offsets and limits into the servos; they are checked at each start.
 * Throws, naming file, joint and field.
 */
export function fromLeRobot(
  spec: RobotSpec,
  servos: readonly LeRobotServo[],
  text: string,
  path: string,
  created: string,
): Calibration {
  const fail = (what: string): never => {
    throw new Error(`${path}: ${what}`);
  };
  let file: Record<string, LeRobotMotor>;
  try {
    file = JSON.parse(text);
  } catch (error) {
    return fail(`expected LeRobot's calibration as JSON, found damage: ${(error as Error).message}`);
  }
  const there = typeof file === "object" && file !== null ? Object.keys(file) : [];
  const names = spec.joints.map(({ name }) => name);
  const extra = there.filter((name) => !names.includes(name));
  if (extra.length > 0)
    fail(`expected joints of ${spec.name}, ${names.join(", ")}, found ${extra.join(", ")}; it is another robot's`);
  const joints = spec.joints.map(({ name, min, max }, i): JointCalibration => {
    const motor = Object.hasOwn(file, name)
      ? file[name]!
      : fail(`no joint "${name}", only ${there.join(", ") || "none"}`);
    for (const field of FIELDS) {
      if (!Number.isInteger(motor?.[field]))
        fail(`${name}: expected a whole number as ${field}, found ${JSON.stringify(motor?.[field])}`);
    }
    const { id, drive_mode, homing_offset, range_min, range_max } = motor;
    const servo = servos[i]!;
    if (id !== servo.id) fail(`${name}: expected id ${servo.id}, found ${id}; it is another robot's`);
    if (drive_mode !== 0 && drive_mode !== 1) fail(`${name}: expected drive_mode 0 or 1, found ${drive_mode}`);
    if (range_min >= range_max)
      fail(`${name}: expected range_min below range_max, found ${range_min} and ${range_max}`);
    const { model, countsPerTurn } = servo;
    const direction = (drive_mode === 0 ? servo.direction : -servo.direction) as 1 | -1;
    const zero = (range_min + range_max) / 2 - (direction * ((min + max) / 2) * countsPerTurn) / (2 * Math.PI);
    return {
      ...{ name, id, model, countsPerTurn, zero, direction },
      ...{ min: range_min, max: range_max, homingOffset: homing_offset, stored: true },
    };
  });
  return { robot: spec.name, created, serials: [], method: "imported from LeRobot", joints };
}

/** The same as LeRobot reads it. Throws on servos without homing offset, which LeRobot does not know. */
export function toLeRobot({ joints, robot }: Calibration, servos: readonly LeRobotServo[]): string {
  const motors = joints.map(({ name, id, direction, homingOffset, min, max }) => {
    const servo = servos.find((each) => each.id === id);
    if (servo === undefined) throw new Error(`${robot}: ${name}: no servo ${id} is described`);
    if (homingOffset === null) throw new Error(`${robot}: ${name}: expected a servo with a homing offset, found none`);
    const drive_mode = direction === servo.direction ? 0 : 1;
    return [name, { id, drive_mode, homing_offset: homingOffset, range_min: min, range_max: max }] as const;
  });
  return `${JSON.stringify(Object.fromEntries(motors), undefined, 4)}\n`;
}
