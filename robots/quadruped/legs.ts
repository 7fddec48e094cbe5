/** The order of the motors: legs front right, front left, rear right, rear left; each from the trunk outwards. */
export const LEGS = ["FR", "FL", "RR", "RL"] as const;
export const LEG_JOINTS = ["abduction", "thigh", "calf"] as const;

export type Leg = (typeof LEGS)[number];
export type LegJoint = (typeof LEG_JOINTS)[number];

/** A number for every joint, in motor order. */
export function perJoint<T>(of: (leg: Leg, joint: LegJoint) => T): T[] {
  return LEGS.flatMap((leg) => LEG_JOINTS.map((joint) => of(leg, joint)));
}

export const jointName = (leg: Leg, joint: LegJoint): string => `${leg}_${joint}`;
