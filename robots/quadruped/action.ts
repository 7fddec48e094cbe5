/** The joint positions that actions reach, rad, one a joint in motor order. */
export interface UsedRange {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Action in [−1, 1] to joint target, rad: −1 is low, 1 is high. Beyond that it stays there; NaN stays NaN. */
export function mapAction({ low, high }: UsedRange, action: ArrayLike<number>, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) {
    const a = Math.min(1, Math.max(-1, action[i]!));
    out[i] = low[i]! + ((a + 1) / 2) * (high[i]! - low[i]!);
  }
}

/** The action that `mapAction` takes to these joint positions, rad. */
export function actionTo({ low, high }: UsedRange, position: readonly number[]): number[] {
  return position.map((q, i) => (2 * (q - low[i]!)) / (high[i]! - low[i]!) - 1);
}
