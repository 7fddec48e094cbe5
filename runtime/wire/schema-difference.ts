import type { StepSchema } from "../step.ts";
import type { TensorSpec } from "../task.ts";

/**
 * Says where two schemas differ, one line a difference; empty when they agree. What a schema does not say, because it was
 * written before it was noted, is not compared. A robot of another name is another robot: nothing else is said then.
 */
export function schemaDifferences(expected: StepSchema, found: StepSchema): string[] {
  const differs = (key: keyof StepSchema): string[] => difference(key, expected[key], found[key]);
  const otherRobot = differs("robot");
  if (otherRobot.length > 0) return otherRobot;
  return [
    ...differs("task"),
    ...tensorDifferences(expected.observation, found.observation),
    ...differs("action"),
    ...differs("joints"),
    ...differs("policyRateHz"),
    ...(expected.servoRateHz === undefined || found.servoRateHz === undefined ? [] : differs("servoRateHz")),
    ...(expected.calibration === undefined || found.calibration === undefined ? [] : differs("calibration")),
    ...differs("rewardOffset"),
    ...differs("canTerminate"),
  ];
}

function tensorDifferences(expected: readonly TensorSpec[], found: readonly TensorSpec[]): string[] {
  const names = (tensors: readonly TensorSpec[]) => tensors.map(({ name }) => name);
  const others = difference("observation", names(expected), names(found));
  if (others.length > 0) return others;
  return expected.flatMap(({ name, dtype, shape, units }, i) => {
    const other = found[i]!;
    const parts = [
      ...difference(`observation ${name}: dtype`, dtype, other.dtype),
      ...difference(`observation ${name}: shape`, shape, other.shape),
    ];
    return parts.length > 0 ? parts : unitDifferences(`observation ${name}`, units, other.units);
  });
}

/** The first unit that differs: the others tend to follow. */
function unitDifferences(name: string, expected: readonly string[], found: readonly string[]): string[] {
  if (expected.length !== found.length) return difference(`${name}: units`, expected, found);
  const i = expected.findIndex((unit, k) => unit !== found[k]);
  return i < 0 ? [] : difference(`${name}: unit of number ${i}`, expected[i], found[i]);
}

function difference(name: string, expected: unknown, found: unknown): string[] {
  const [wanted, other] = [JSON.stringify(expected), JSON.stringify(found)];
  return wanted === other ? [] : [`${name}: expected ${wanted}, found ${other}`];
}
