/** Every number that changes what the SO-101 does, in one place. */
export const SO101_SETTINGS = {
  /** How long a goal stays, s; 0: the first one for ever. */
  goalSeconds: 6,
  /** Which goals. */
  seed: 0,
  /** Cut-off of the low-pass on the targets, Hz; 0 turns it off. */
  filterHz: 3,
  /** How far a target may lie from the measured joint, rad. */
  maxPositionError: 0.25,
  /** No target brings tip or wrist closer to the table, m. */
  clearance: 0.05,
  /** Steps that are reported together. */
  windowSteps: 240,
};

export type So101Settings = typeof SO101_SETTINGS;
