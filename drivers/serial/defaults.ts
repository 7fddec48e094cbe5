/** Every number that changes how a serial bus and its driver behave, apart from a robot's own. */
export const SERIAL_DEFAULTS = {
  line: {
    /** How much longer than the wire needs a reply may take, ms: USB, the kernel and this process's own pauses. */
    slackMs: 8,
    /** After a timeout the line stays quiet for so long, ms, so that a late answer is not taken for the next one's. */
    settleMs: 2,
    /** Exchanges in a row without one valid reply before the bus is taken for lost. */
    lostAfter: 10,
    /** First pause before a lost port is opened again; doubles up to the second. */
    reopenMs: 100,
    reopenMaxMs: 2000,
    /** Whether what is sent comes back: "auto" tries once at opening, "yes" and "no" know. */
    echo: "auto" as string,
  },
  bus: {
    /** Tries after the first of what has to be acknowledged. Sync reads are not tried again: the next tick asks anew. */
    retries: 3,
    /** After how long a servo answers, µs, where it was not set to 0; counts for timeouts only. */
    returnDelayUs: 500,
    /** Dynamixel: one reply for all servos. Shorter on the wire, but one damaged byte costs every joint's sample. */
    fastSyncRead: false,
  },
  driver: {
    /** How long a servo that does not answer at opening is asked again, ms. */
    openingMs: 1500,
    /** Times its velocity limit that a joint may seem to move at before its position is not believed. */
    plausibleSpeed: 3,
    /** What it may jump besides, rad: noise, and the slack of gears. */
    plausibleJump: 0.05,
    /** Servo ticks between two looks at a servo's temperature, voltage, current and torque; each time one servo's turn. */
    healthEveryTicks: 1,
    /** A servo that stayed silent so many ticks in a row is asked only in its turn of the health round, until it answers. */
    silentTicks: 5,
    /**
     * Requests without an answer may wait for so long in all before the bus is taken for lost, ms: well below the time after
     * which a governor that waits for them is taken for one that hangs (`supervisor.governorHangMs`).
     */
    lostMs: 250,
    /** A joint may be so far outside its calibrated range at opening, rad. */
    outsideRange: 0.1,
    /** Dynamixel: the servo stops by itself when the bus was silent for so long; 0: never. Rounded to 20 ms. */
    busWatchdogMs: 200,
    /** Dynamixel: derivative gain while damped, in the register's unit. */
    dampingGain: 8000,
  },
};

export type LineSettings = typeof SERIAL_DEFAULTS.line;
export type BusSettings = typeof SERIAL_DEFAULTS.bus;
export type ServoDriverSettings = typeof SERIAL_DEFAULTS.driver;
