import type { Random } from "../../runtime/random.ts";
import { ringAge } from "./ring.ts";
import { byWeight, type Place, type Pool } from "./starts.ts";

/**
 * Newer starts rather than old ones: half as likely for every `halfLife` steps of age, so P(age) ∝ q^age with
 * q = 2^(−1/halfLife). The age in a ring is drawn by inverting its distribution, (1 − q^k) / (1 − q^n): one number, however
 * many rows there are.
 */
export function drawRecency({ starts, total, equal }: Pool, halfLife: number, random: Random): Place {
  const rate = Math.LN2 / halfLife;
  const within = starts.map(({ from, to }) => -Math.expm1(-rate * (to - from))); // ∝ the sum over a ring's starts
  const ages = starts.map(({ ring }) => ringAge(ring, total));
  const youngest = Math.min(...ages);
  const weights = within.map((sum, i) => (equal ? 1 : sum * Math.exp(-rate * (ages[i]! - youngest))));
  const chosen = byWeight(starts, weights, random)!;
  const { ring, from, to } = chosen;
  const age = Math.floor(-Math.log1p(-random.uniform() * within[starts.indexOf(chosen)]!) / rate);
  return { ring, row: Math.max(from, to - 1 - age) };
}
