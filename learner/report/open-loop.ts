import type { LearnerConfig } from "../config.ts";
import type { Batch } from "../train/trainer.ts";
import type { Predictions } from "./probe.ts";
import type { Sensor } from "./sensors.ts";

/**
 * Mean absolute error of what was expected k steps ahead, and of the guess that all stays as it was at the last observed
 * step: "openLoop/k/sensor" and "still/k/sensor" in the sensor's unit, "openLoopReward/k" and "stillReward/k". Sequences
 * whose stream broke on the way are left out; where none is left, so is the number.
 */
export function openLoopErrors(
  { observation, reward }: NonNullable<Predictions["openLoop"]>,
  batch: Batch,
  sensors: readonly Sensor[],
  { batch: count, context, openLoop }: LearnerConfig["report"],
): Record<string, number> {
  const size = batch.observation.length / batch.reward.length;
  const errors: Record<string, number> = {};
  openLoop.forEach((ahead, block) => {
    const sequences = unbroken(batch.isFirst, count, context, ahead);
    if (sequences.length === 0) return;
    const [last, then] = [(context - 1) * count, (context - 1 + ahead) * count];
    const error = (
      places: readonly number[],
      width: number,
      [guess, from]: readonly [Float32Array, number],
      truth: Float32Array,
    ): number => {
      let sum = 0;
      for (const b of sequences) {
        for (const i of places) sum += Math.abs(guess[(from + b) * width + i]! - truth[(then + b) * width + i]!);
      }
      return sum / (sequences.length * places.length);
    };
    for (const { name, places } of sensors) {
      errors[`openLoop/${ahead}/${name}`] = error(places, size, [observation, block * count], batch.observation);
      errors[`still/${ahead}/${name}`] = error(places, size, [batch.observation, last], batch.observation);
    }
    errors[`openLoopReward/${ahead}`] = error([0], 1, [reward, block * count], batch.reward);
    errors[`stillReward/${ahead}`] = error([0], 1, [batch.reward, last], batch.reward);
  });
  return errors;
}

/** Sequences without a first step among the `ahead` steps after the context; isFirst is [T, count]. */
export function unbroken(isFirst: Float32Array, count: number, context: number, ahead: number): number[] {
  const whole: number[] = [];
  for (let b = 0; b < count; b++) {
    let broken = false;
    for (let t = context; t < context + ahead; t++) broken ||= isFirst[t * count + b]! > 0;
    if (!broken) whole.push(b);
  }
  return whole;
}
