/** Every number that decides between pass, warn and fail. */
export const THRESHOLDS = {
  timing: {
    /** Where no robot says it. */
    servoRateHz: 200,
    /** How long the loop's sleep is measured, s. */
    seconds: 1,
    /** Share of a servo period that the 99th percentile of lateness may be. */
    p99Share: 0.1,
  },
  clock: {
    /** Parts in a million by which monotonic and wall clock may differ in speed over the second that is measured. */
    driftPpm: 2000,
  },
  disk: {
    syncs: 40,
    writeMb: 16,
    /** A second of this is enough. */
    budgetMs: 1500,
    /** p99 of an fsync, ms, and speed, MB/s, from which it is told. */
    syncMs: 100,
    speedMb: 20,
    /** Left for recording, h. */
    warnHours: 8,
    failHours: 0.5,
    /** Bytes a step takes beside its numbers: MCAP records, indices, the standard topics' names. */
    stepOverhead: 400,
  },
  memory: {
    /** GB that are free: a learner with a full replay of small steps takes about 1. */
    warnGb: 2,
    failGb: 0.5,
  },
  servos: {
    /** °C below the robot's limit from which it is told. */
    temperatureMargin: 10,
    /** Ids asked for servos that nobody expects. */
    otherIds: 20,
    /** How long the first of them that answers is waited for, ms. */
    wakeMs: 1500,
    /** Counts that a joint may lie outside its calibrated range. */
    outsideCounts: 64,
  },
  camera: {
    seconds: 1,
    /** Longest gap between two frames over the mean one. */
    gapTimes: 3,
  },
  node: { major: 20, minor: 19 },
  /** How long a program that is asked may take, ms. */
  askMs: 4000,
  /** How long a service of this computer may, ms. */
  serviceMs: 1000,
  /** How long a machine on the network may take to answer, ms. */
  greetMs: 1500,
};

export type Thresholds = typeof THRESHOLDS;
