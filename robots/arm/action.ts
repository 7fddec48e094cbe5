import type { Chain } from "./chain.ts";

/** What an arm may be asked for. */
export interface Reach {
  readonly chain: Chain;
  /**
   * Of each joint the part that actions reach, rad. In no combination of these may a part of the arm be near the table: so none is
   * on the way from one to another either.
   */
  readonly used: readonly (readonly [low: number, high: number])[];
}

/** Action in [−1, 1] to joint targets, rad; beyond that it stays at the end; NaN stays NaN. */
export function mapAction({ used }: Reach, action: ArrayLike<number>, out: Float64Array): void {
  used.forEach(([low, high], i) => {
    const a = Math.min(1, Math.max(-1, action[i]!));
    out[i] = low + ((a + 1) / 2) * (high - low);
  });
}

/** The action that `mapAction` takes to these joint positions, rad. */
export function actionTo({ used }: Reach, position: readonly number[]): number[] {
  return position.map((q, i) => (2 * (q - used[i]![0])) / (used[i]![1] - used[i]![0]) - 1);
}
