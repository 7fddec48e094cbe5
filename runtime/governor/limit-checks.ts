import type { JointSpec, RobotSpec } from "../robot.ts";
import type { Task } from "../task.ts";

type Range = { readonly min: number; readonly max: number };

/**
 * Throws before anything moves, naming every limit that is missing, contradicts itself, lies outside what was calibrated,
 * or is so wide that it can never act: a limit that never acts is no limit, whoever believes in it.
 */
export function assertLimits(
  spec: RobotSpec,
  { maxPositionError }: Pick<Task, "maxPositionError">,
  calibrated?: readonly Range[],
): void {
  const problems = [
    ...spec.joints.flatMap((joint, i) => jointProblems(joint, spec.servoRateHz, maxPositionError, calibrated?.[i])),
    ...wholeProblems(spec, maxPositionError),
  ];
  if (problems.length > 0) throw new Error(`${spec.name}: unsafe limits, nothing was moved: ${problems.join("; ")}`);
}

function jointProblems(joint: JointSpec, servoRateHz: number, maxPositionError: number, calibrated?: Range): string[] {
  const { name, min, max, softMargin, velocityLimit, accelerationLimit, effortLimit, kp, kd } = joint;
  const problems: string[] = [];
  const expect = (holds: boolean, what: string): void => {
    if (!holds) problems.push(`${name}: expected ${what}`);
  };
  const numbers = { min, max, softMargin, velocityLimit, accelerationLimit, effortLimit, kp, kd };
  for (const [key, value] of Object.entries(numbers)) expect(Number.isFinite(value), `a finite ${key}, found ${value}`);
  if (problems.length > 0) return problems;
  const range = max - min;
  expect(range > 0, `min below max, found ${min} and ${max} rad`);
  expect(softMargin >= 0 && softMargin < range / 2, `softMargin in [0, ${range / 2}) rad, found ${softMargin}`);
  expect(kp >= 0 && kd >= 0, `gains of at least 0, found kp ${kp} and kd ${kd}`);
  for (const key of ["velocityLimit", "accelerationLimit", "effortLimit"] as const) {
    expect(joint[key] > 0, `${key} above 0, found ${joint[key]}`);
  }
  const fastest = range * servoRateHz;
  expect(velocityLimit < fastest, `velocityLimit below ${fastest} rad/s to ever act, found ${velocityLimit}`);
  const abrupt = 2 * velocityLimit * servoRateHz;
  expect(
    accelerationLimit < abrupt,
    `accelerationLimit below ${abrupt} rad/s² to ever act, found ${accelerationLimit}`,
  );
  const most = kp * Math.min(maxPositionError, range) + kd * velocityLimit;
  expect(
    effortLimit < most,
    `effortLimit below the ${most} N·m its gains can ask for to ever act, found ${effortLimit}`,
  );
  if (calibrated !== undefined) {
    expect(
      min >= calibrated.min && max <= calibrated.max,
      `limits inside the calibrated ${calibrated.min} … ${calibrated.max} rad, found ${min} … ${max}`,
    );
  }
  return problems;
}

function wholeProblems({ joints, restPose, watch }: RobotSpec, maxPositionError: number): string[] {
  const problems: string[] = [];
  if (!(maxPositionError > 0)) problems.push(`maxPositionError: expected above 0, found ${maxPositionError}`);
  const widest = Math.max(...joints.map(({ min, max }) => max - min));
  if (Number.isFinite(maxPositionError) && maxPositionError >= widest) {
    problems.push(`maxPositionError: expected below ${widest} rad to ever act, or Infinity, found ${maxPositionError}`);
  }
  if (restPose.length !== joints.length) {
    problems.push(`rest pose: expected ${joints.length} joints, found ${restPose.length}`);
  }
  for (const [i, { name, min, max, softMargin }] of joints.entries()) {
    const rest = restPose[i] ?? Number.NaN;
    if (!(rest >= min + softMargin && rest <= max - softMargin)) {
      problems.push(`rest pose: expected ${name} in ${min + softMargin} … ${max - softMargin} rad, found ${rest}`);
    }
  }
  for (const [name, limit] of Object.entries(watch)) {
    const value = typeof limit === "object" ? 1 : limit;
    if (!(value > 0)) problems.push(`watch ${name}: expected above 0 or null, found ${value}`);
  }
  const { workspace } = watch;
  if (workspace?.min.some((low, axis) => !(low < workspace.max[axis]!))) {
    problems.push(`workspace: expected min below max, found [${workspace.min}] and [${workspace.max}] m`);
  }
  return problems;
}
