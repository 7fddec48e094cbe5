import { SO101_JOINTS, type So101Joint } from "./joints.ts";
import { places } from "./kinematics.ts";

/** The part of each joint's range that actions reach, rad: all there is before the arm and above the table. */
const USED: Readonly<Record<So101Joint, readonly [number, number]>> = {
  shoulder_pan: [-1.5, 1.5],
  shoulder_lift: [-1.7, 0.9],
  elbow_flex: [-1.2, 1.65],
  wrist_flex: [-1.2, 1.6],
  wrist_roll: [-1.6, 1.6],
  gripper: [-0.14, 1.4],
};

const LOW = SO101_JOINTS.map((joint) => USED[joint][0]);
const HIGH = SO101_JOINTS.map((joint) => USED[joint][1]);
const LIFT = SO101_JOINTS.indexOf("shoulder_lift");
const WRIST = SO101_JOINTS.indexOf("wrist_flex");
/** Steps in which shoulder and wrist give way, rad. */
const STEP = 0.02;

/**
 * Action in [−1, 1] to joint targets, rad; beyond that it stays at the end; NaN stays NaN. Where the targets would bring tip
 * or wrist closer than `clearance` (m, at most 0.1) to the table, the shoulder lifts the arm until they do not. Leaning back as
 * far as it goes, the arm has its wrist at 0.14 m and its forearm level or upwards: what hangs down from there, before or behind
 * it, the wrist brings into line with the forearm.
 */
export function mapAction(action: ArrayLike<number>, clearance: number, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) {
    const a = Math.min(1, Math.max(-1, action[i]!));
    out[i] = LOW[i]! + ((a + 1) / 2) * (HIGH[i]! - LOW[i]!);
  }
  while (out[LIFT]! > LOW[LIFT]! && isLow(out, clearance)) out[LIFT] = Math.max(LOW[LIFT]!, out[LIFT]! - STEP);
  while (out[WRIST] !== 0 && isLow(out, clearance)) out[WRIST] = nearerZero(out[WRIST]!);
}

function nearerZero(angle: number): number {
  return Math.sign(angle) * Math.max(0, Math.abs(angle) - STEP);
}

/** False for what is not finite. */
function isLow(q: Float64Array, clearance: number): boolean {
  const { wrist, tip } = places(q);
  return wrist[2] < clearance || tip[2] < clearance;
}

/** The action that `mapAction` takes to these joint positions, rad. */
export function actionTo(position: readonly number[]): number[] {
  return position.map((q, i) => (2 * (q - LOW[i]!)) / (HIGH[i]! - LOW[i]!) - 1);
}
