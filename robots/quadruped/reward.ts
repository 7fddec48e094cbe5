import type { UsedRange } from "./action.ts";
import type { LegJoint } from "./legs.ts";
import type { Attitude } from "./rotation.ts";

/** A term counts once the one before it is above this. */
export const GATE = 0.7;

/** What standing and walking are for one machine. */
export interface Gait extends UsedRange {
  /** Where standing lies on the way from low (−1) to high (1). */
  readonly stand: Readonly<Record<LegJoint, number>>;
  /** Forward speed that is worth the full reward, m/s. */
  readonly walkSpeed: number;
}

/** Each in [0, 1]; a term whose gate is closed is 0. */
export interface RewardTerms {
  readonly upright: number;
  readonly abduction: number;
  readonly thigh: number;
  readonly calf: number;
  readonly velocity: number;
  /** Along the body's heading, m/s. No part of the sum. */
  readonly forward: number;
}

/**
 * DayDreamer's A1 reward: get upright, then bring abduction, thigh and calf joints to a stand, then walk; each term
 * opens the next. `position` rad in motor order, `velocity` of the base in the world, m/s.
 */
export function rewardTerms(
  gait: Gait,
  attitude: Attitude,
  position: ArrayLike<number>,
  velocity: ArrayLike<number>,
): RewardTerms {
  const { stand, walkSpeed } = gait;
  const upright = attitude.up[2] / 2 + 0.5;
  const abduction = upright > GATE ? 1 - meanDeviation(gait, position, 0, stand.abduction) : 0;
  const thigh = abduction > GATE ? 1 - meanDeviation(gait, position, 1, stand.thigh) : 0;
  const calf = thigh > GATE ? 1 - meanDeviation(gait, position, 2, stand.calf) : 0;
  const [vx, vy, vz] = [velocity[0]!, velocity[1]!, velocity[2]!];
  const forward = vx * attitude.heading[0] + vy * attitude.heading[1];
  const straight = forward > 0 ? forward / Math.hypot(vx, vy, vz) : 0;
  const walk = calf > GATE ? straight * Math.min(1, forward / walkSpeed) : 0;
  return { upright, abduction, thigh, calf, velocity: walk, forward };
}

/** Sum of the terms: 5 on the back, about 9 standing, 14 walking straight. The velocity term weighs ten halves. */
export function totalReward({ upright, abduction, thigh, calf, velocity }: RewardTerms): number {
  return upright + abduction + thigh + calf + (10 * (velocity + 1)) / 2;
}

/** Mean over the four legs of one joint's distance from its stand, 1 being the farthest it can be. */
export function meanDeviation(
  { low, high }: UsedRange,
  position: ArrayLike<number>,
  joint: number,
  stand: number,
): number {
  let sum = 0;
  for (let i = joint; i < low.length; i += 3) {
    const share = ((position[i]! - low[i]!) / (high[i]! - low[i]!) - 0.5) * 2;
    const deviation = Math.abs(Math.min(1, Math.max(-1, share)) - stand) / Math.max(1 - stand, 1 + stand);
    sum += Math.min(1, deviation);
  }
  return sum / 4;
}
