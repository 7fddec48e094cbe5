export const OBSERVATIONS = ["gravity", "daydreamer"] as const;
export const STARTS = ["back", "belly", "standing", "random"] as const;
export type Start = (typeof STARTS)[number];

/** Every number that changes what a quadruped that learns to walk does; a robot replaces some. */
export const WALK_SETTINGS = {
  /** "gravity": up in the body frame, angular velocity, joints (18); "daydreamer": roll, pitch, their rates, joints (16). */
  observation: "gravity" as string,
  /** Cut-off of the low-pass on the targets, Hz; 0 turns it off. */
  filterHz: 1.5,
  /** How far a target may lie from the measured joint, rad; Infinity turns it off. */
  maxPositionError: 0.2,
  /** Steps that are reported together. */
  windowSteps: 250,
  /** Simulation: how it lies at first, "back", "belly", "standing" or "random". */
  start: "back" as string,
  /** Simulation: which random start, and which pushes. */
  seed: 0,
  /** Simulation: sliding friction of the feet. */
  footFriction: 0.8,
  /** Simulation: what a push changes the base's velocity by, m/s, in any horizontal direction; 0: never pushed. */
  pushSpeed: 0,
  /** Simulation: mean time between two pushes, s. */
  pushSeconds: 10,
};

export type WalkSettings = typeof WALK_SETTINGS;
