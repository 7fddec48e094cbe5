import * as quadruped from "../quadruped/reward.ts";
import type { Attitude } from "../quadruped/rotation.ts";
import { HIGH, LOW } from "./action.ts";

/** Straight abduction, feet below the hips; DayDreamer's stand and speed. */
export const A1_GAIT: quadruped.Gait = {
  low: LOW,
  high: HIGH,
  stand: { abduction: 0, thigh: -0.2, calf: 1 },
  walkSpeed: 0.3,
};

export const rewardTerms = (attitude: Attitude, position: ArrayLike<number>, velocity: ArrayLike<number>) =>
  quadruped.rewardTerms(A1_GAIT, attitude, position, velocity);
