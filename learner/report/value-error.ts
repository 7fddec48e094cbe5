import type { LearnerConfig } from "../config.ts";
import type { Batch } from "../train/trainer.ts";
import { unbroken } from "./open-loop.ts";
import type { Predictions } from "./probe.ts";

/**
 * The critic at the last step t of the context against what came: `G = Σ_{k=1..n} γ^(k−1)·r_{t+k} + γ^n·V(s_{t+n})`, with
 * n = `valueSteps`; from a terminal step on nothing counts. "value/bias" is the mean of V(s_t) − G, "value/error" of its
 * size, "value/return" of G. Sequences whose stream broke within n steps, or that had ended at t, are left out.
 */
export function valueErrors(
  { start, end, gamma }: NonNullable<Predictions["value"]>,
  { reward, isFirst, isTerminal }: Batch,
  { batch: count, context, valueSteps }: LearnerConfig["report"],
): Record<string, number> {
  const at = context - 1;
  const sequences = unbroken(isFirst, count, context, valueSteps).filter((b) => isTerminal[at * count + b] === 0);
  if (sequences.length === 0) return {};
  let [bias, error, returns] = [0, 0, 0];
  for (const b of sequences) {
    let received = end[b]!;
    for (let t = at + valueSteps; t > at; t--) {
      received = reward[t * count + b]! + gamma * (1 - isTerminal[t * count + b]!) * received;
    }
    bias += start[b]! - received;
    error += Math.abs(start[b]! - received);
    returns += received;
  }
  const mean = (sum: number): number => sum / sequences.length;
  return { "value/bias": mean(bias), "value/error": mean(error), "value/return": mean(returns) };
}
