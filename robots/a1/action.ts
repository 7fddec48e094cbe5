import { LEG_JOINTS, LEG_RANGE, LEGS } from "./joints.ts";

/** The joint positions that actions reach, rad, one a joint in motor order. */
export const LOW = LEGS.flatMap(() => LEG_JOINTS.map((joint) => within(joint, LEG_RANGE[joint].usedFrom)));
export const HIGH = LEGS.flatMap(() => LEG_JOINTS.map((joint) => within(joint, LEG_RANGE[joint].usedTo)));

function within(joint: (typeof LEG_JOINTS)[number], share: number): number {
  const { min, max } = LEG_RANGE[joint];
  return min + share * (max - min);
}

/** Action in [−1, 1] to joint target, rad: −1 is LOW, 1 is HIGH. Beyond that it stays there; NaN stays NaN. */
export function mapAction(action: ArrayLike<number>, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) {
    const a = Math.min(1, Math.max(-1, action[i]!));
    out[i] = LOW[i]! + ((a + 1) / 2) * (HIGH[i]! - LOW[i]!);
  }
}

/** The action that `mapAction` takes to these joint positions, rad. */
export function actionTo(position: readonly number[]): number[] {
  return position.map((q, i) => (2 * (q - LOW[i]!)) / (HIGH[i]! - LOW[i]!) - 1);
}
