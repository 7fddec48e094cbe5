import { type Chain, places } from "./chain.ts";

/** What an arm may be asked for. */
export interface Reach {
  readonly chain: Chain;
  /** Of each joint the part that actions reach, rad. */
  readonly used: readonly (readonly [low: number, high: number])[];
  /** The joint that lifts the arm when it falls, by index; it does so towards its low end. */
  readonly lift: number;
  /** Joints whose points, and the tip, have to stay above the table, by the first one's index. */
  readonly from: number;
}

/** Steps in which the lifting joint gives way, rad. */
const LIFT_STEP = 0.02;

/**
 * Action in [−1, 1] to joint targets, rad; beyond that it stays at the end; NaN stays NaN. Where the targets would bring a
 * part closer than `clearance` (m) to the table, the arm is lifted until they do not.
 */
export function mapAction(reach: Reach, action: ArrayLike<number>, clearance: number, out: Float64Array): void {
  const { used, lift } = reach;
  used.forEach(([low, high], i) => {
    const a = Math.min(1, Math.max(-1, action[i]!));
    out[i] = low + ((a + 1) / 2) * (high - low);
  });
  const [least] = used[lift]!;
  while (out[lift]! > least && lowest(reach, out) < clearance) out[lift] = Math.max(least, out[lift]! - LIFT_STEP);
}

/** Height of the lowest of the parts that have to stay above the table, m; NaN of what is not finite. */
export function lowest({ chain, from }: Reach, q: ArrayLike<number>): number {
  return Math.min(
    ...places(chain, q)
      .slice(from)
      .map(([, , z]) => z),
  );
}

/** The action that `mapAction` takes to these joint positions, rad. */
export function actionTo({ used }: Reach, position: readonly number[]): number[] {
  return position.map((q, i) => (2 * (q - used[i]![0])) / (used[i]![1] - used[i]![0]) - 1);
}
