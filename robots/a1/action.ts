import * as quadruped from "../quadruped/action.ts";
import { perJoint } from "../quadruped/legs.ts";
import { LEG_RANGE } from "./joints.ts";

/** The joint positions that actions reach, rad, one a joint in motor order. */
export const LOW = perJoint((_, joint) => within(joint, LEG_RANGE[joint].usedFrom));
export const HIGH = perJoint((_, joint) => within(joint, LEG_RANGE[joint].usedTo));

function within(joint: keyof typeof LEG_RANGE, share: number): number {
  const { min, max } = LEG_RANGE[joint];
  return min + share * (max - min);
}

const USED = { low: LOW, high: HIGH };

export const mapAction = (action: ArrayLike<number>, out: Float64Array): void => quadruped.mapAction(USED, action, out);
export const actionTo = (position: readonly number[]): number[] => quadruped.actionTo(USED, position);
