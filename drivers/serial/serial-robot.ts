import { type Calibration, jointsOf } from "../../calibration/file.ts";
import { type JointCalibration, jointUnits } from "../../calibration/joint.ts";
import type { RobotSpec } from "../../runtime/robot.ts";
import { FAMILIES, type FamilyName } from "./families.ts";
import type { ServoFamily, Setting } from "./servo-family.ts";
import type { ServoJoint } from "./servo-joint.ts";

/** How a robot's servos sit on their bus, as plain data. What differs from one machine to the next is in its calibration. */
export interface SerialRobot {
  readonly family: FamilyName;
  /** Bits a second. */
  readonly baud: number;
  /** In the order of the spec's joints. */
  readonly servos: readonly SerialServo[];
  /** A pose that a person can bring it to by eye, for calibration; absent: every joint at 0 rad, wherever that is. */
  readonly home?: HomePose;
}

export interface HomePose {
  /** As said to whoever holds it: "upper arm upright, …". */
  readonly pose: string;
  /** rad, in the order of the spec's joints. */
  readonly position: readonly number[];
}

export interface SerialServo {
  /** On the bus. */
  readonly id: number;
  /** As the servo itself says, by number. */
  readonly model: number;
  /** Where more of its joint's angle is, for a person: "to the right"; absent: unknown to whoever asks. */
  readonly positive?: string;
  /** +1 when counts rise with the angle as the robot is usually put together, by default; else −1. */
  readonly direction?: 1 | -1;
  /** N·m of one unit of load. */
  readonly effortPerLoad: number;
  /** A of one unit of load, where that is a current. */
  readonly currentPerLoad?: number;
  /**
   * Registers it is set to when it is opened, by their names. The gains of its position control are among them: a servo
   * follows goals with its own, and the kp and kd of the spec's joints say what these come to.
   */
  readonly registers?: Readonly<Record<string, number>>;
}

/** The robot's joints as their servos see them. Throws where the calibration is of other servos, naming the joint. */
export function servoJoints(spec: RobotSpec, robot: SerialRobot, calibration: Calibration): readonly ServoJoint[] {
  const { servos } = robot;
  if (servos.length !== spec.joints.length) {
    throw new Error(`${spec.name}: expected a servo for each of ${spec.joints.length} joints, found ${servos.length}`);
  }
  const family: ServoFamily = FAMILIES[robot.family];
  const names = spec.joints.map(({ name }) => name);
  return jointsOf(calibration, names).map((joint, i) => {
    const { effortPerLoad, currentPerLoad, registers = {} } = servos[i]!;
    assertServo(spec.name, joint, servos[i]!);
    return {
      ...jointUnits(joint),
      model: joint.model,
      effortPerLoad,
      ...(currentPerLoad !== undefined && { currentPerLoad }),
      settings: Object.entries(registers).map(([name, value]) => settingOf(family, name, value)),
    };
  });
}

function assertServo(robot: string, { name, id, model }: JointCalibration, servo: SerialServo): void {
  if (id === servo.id && model === servo.model) return;
  throw new Error(
    `${robot}: ${name}: expected a calibration of servo ${servo.id}, model ${servo.model}, found one of servo ${id}, model ${model}; ` +
      `calibrate it anew: reverie calibrate ${robot}`,
  );
}

function settingOf({ name: family, registers }: ServoFamily, name: string, value: number): Setting {
  const register = Object.hasOwn(registers, name) ? registers[name] : undefined;
  if (register === undefined) {
    throw new Error(`${family}: no register "${name}"; here there are ${Object.keys(registers).join(", ")}`);
  }
  return { name, register, value };
}
