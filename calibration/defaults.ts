/** Every number that changes how a robot is calibrated. */
export const CALIBRATE_DEFAULTS = {
  /** How often the joints are looked at. */
  pollHz: 50,
  /** A servo that stays silent for so long while it is measured ends it, s. */
  silentSeconds: 0.5,
  /** Nobody moves a joint faster, rad/s: what seems to is a damaged reading. */
  plausibleSpeed: 25,
  /** Share of its joint's range that a sweep has to cover. */
  coverage: 0.8,
  /** Hands-free, a step is over when it is done and nothing has moved for so long, s. */
  restSeconds: 2,
  /** Still is what moves less than this in `stillSeconds`, rad. */
  stillRange: 0.02,
  stillSeconds: 0.5,
  /** How far the home pose may be from where the middle of the sweep puts it, rad. */
  homeTolerance: 0.35,
  /** What counts as moved to one side, rad. */
  directionMove: 0.25,
  /** Motors that carry are let go after so long, hands-free, s. */
  supportSeconds: 3,
  auto: {
    /** Of full torque. */
    torqueShare: 0.25,
    /** rad/s */
    speed: 0.4,
    /** A goal this far ahead of a joint that stands still for `stallSeconds` has met a stop, rad. */
    lag: 0.15,
    stallSeconds: 0.4,
    /** A joint takes at most so long, s; hotter or with more current than this all motors are let go, °C, A. */
    jointSeconds: 60,
    temperature: 50,
    current: 1.2,
  },
  latency: {
    /** Steps a joint, to either side in turn. */
    trials: 10,
    /** rad */
    step: 0.06,
    /** Moved is what moved so far, rad. */
    moved: 0.008,
    /** Between two steps, s. */
    settleSeconds: 0.4,
    /** No motion within this is none, s. */
    timeoutSeconds: 1,
    /** A median beyond this is flagged, ms. */
    flagMs: 60,
  },
  imu: {
    /** Each pose is measured for so long, s. */
    seconds: 2,
    /** Still is what turns less than this, rad/s, standard deviation of each axis. */
    still: 0.02,
    /** Least and most tilt that is measured, rad. */
    tiltMin: 0.25,
    tiltMax: 1.2,
    /** How far the two tilts may disagree, rad. */
    disagreement: 0.2,
    /** How far the measured gravity may be from 9.81, m/s². */
    gravityTolerance: 0.5,
  },
};

export type CalibrateSettings = typeof CALIBRATE_DEFAULTS;
export type AutoSettings = CalibrateSettings["auto"];
export type LatencySettings = CalibrateSettings["latency"];
export type ImuSettings = CalibrateSettings["imu"];
