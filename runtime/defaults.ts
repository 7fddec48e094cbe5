/** Every number that changes how the robot's side of a run behaves, apart from the robot's own settings. */
export const RUNTIME_DEFAULTS = {
  governor: {
    /** Policy ticks in a row without an answer before the robot is brought to its end state. */
    starvedTicksToHold: 2,
    /** Unusable answers in a row (wrong size, not finite) before the same. */
    refusedToHold: 3,
    /** A late loop skips the servo ticks it missed ("skip"), or brings the robot to its end state for a moment ("hold"). */
    overrun: "skip" as string,
    /** Policy ticks over which a person and the policy take over from each other. */
    handoverTicks: 5,
    /** How long before a servo deadline the loop's thread itself sleeps, hearing nothing, to wake on time. */
    blockMs: 1,
    /** Of that, how long the thread spins at the end, µs; 0: it only sleeps, and wakes late by the kernel's timer slack. */
    spinUs: 100,
    /** Priority of SCHED_FIFO that --realtime asks for, 1 to 99; most kernel threads of drivers have 50. */
    fifoPriority: 50,
    /** Lockstep: how long an answer of the policy may take before the loop gives up. */
    lockstepTimeoutMs: 120_000,
  },
  /** Each may be off, warn, hold (the end state until it is over) or fault (until a person resets it). */
  watchdogs: {
    /** Too old, from the past, not finite, or where no joint can be. */
    sample: { trip: "hold" as string, holdOffMs: 0 },
    tracking: { trip: "fault" as string, holdOffMs: 500 },
    temperature: { trip: "fault" as string, holdOffMs: 1000 },
    voltage: { trip: "fault" as string, holdOffMs: 500 },
    current: { trip: "fault" as string, holdOffMs: 200 },
    tilt: { trip: "hold" as string, holdOffMs: 100 },
    workspace: { trip: "hold" as string, holdOffMs: 50 },
    /** A camera whose frames are too old, too few, too dark, or do not change. */
    camera: { trip: "hold" as string, holdOffMs: 0 },
    /** So many servo ticks missed in a row. */
    overrun: { trip: "hold" as string, holdOffMs: 0, ticks: 40 },
    /** Beyond `times` the `share` quantile of all before, once `after` answers are known. */
    surprise: { trip: "warn" as string, holdOffMs: 0, share: 0.99, times: 5, after: 2000 },
  },
  policy: {
    /** Before the first policy each joint holds a random action for so many policy ticks. */
    holdMin: 5,
    holdMax: 15,
    /** Random actions are drawn from ±this and clipped to ±1, so that extremes are common. */
    spread: 2,
    /** Of the noise in a policy's actions: 1 acts as it learned, 0 with the mean of what it would do. */
    noise: 1,
    /** Newest policies kept on the robot's disk, beside those it may go back to. */
    keepBundles: 3,
    /** A new policy first answers the last questions the robot met, without moving it. */
    canary: {
      questions: 4,
      /** It is turned down when an action of it, not yet clipped to ±1, is not finite or beyond ±this. */
      range: 5,
      /** Mean distance of its actions from those that were given, of 2 at most, beyond which: off, warn, or refuse. */
      distance: 1,
      trip: "warn" as string,
    },
    /** When policies lose what they had learned, or bring the robot to a fault: off, warn, or rollback. */
    rollback: {
      trip: "rollback" as string,
      /** Steps whose mean reward is watched. */
      windowSteps: 3000,
      /** Share of what was gained since the first 1000 steps whose loss is a collapse. */
      collapse: 0.5,
      /** Gained is what is so many times the spread of the first steps above them. */
      gain: 5,
      /** How long the robot then keeps to the better policy, steps. */
      holdSteps: 6000,
    },
  },
  link: {
    /** A file of the recording is finished when it has this size or age. */
    segmentMb: 16,
    segmentMinutes: 10,
    /** Rows that damage costs at most; a chunk of a file is closed when it has this size or age. */
    chunkKb: 64,
    chunkMs: 250,
    /** The recording also has what the joints and the IMU measured, as others' tools know it. */
    standardTopics: true,
    /** A power loss costs the robot at most this and what the disk then takes to answer. */
    syncMs: 500,
    /** Steps the learner has are kept on the robot up to this; and their images. */
    recordingMb: 1024,
    recordingImagesMb: 2048,
    /** How images are kept and travel: raw, png (lossless), jpeg, or by size: raw up to so many KB, else JPEG of that quality. */
    imageEncoding: "size" as string,
    imageRawKb: 64,
    imageQuality: 90,
    /** Images kept in memory while the disk takes none; and while they wait for being encoded. */
    memoryImageMb: 64,
    /** Most steps sent together, and how long a step waits for company (realtime). */
    batchRows: 256,
    batchMb: 4,
    batchMs: 50,
    /** Most steps sent and not yet acked. */
    windowRows: 4096,
    windowMb: 64,
    /** Something is said at least this often, and a learner silent for `silentMs` is connected to anew. */
    aliveMs: 1000,
    silentMs: 3000,
    /** Steps sent and not acked for so long are sent again. */
    resendMs: 10_000,
    /** How long the end of a run waits for the learner to ack what is left, where it was there that long ago or later. */
    flushMs: 3000,
    /** Where the learner is behind a NATS server (`--learner nats://…`); see runtime/link/README.md. */
    nats: {
      /** The learner's: letters, digits, _ and -. */
      fleet: "fleet",
      /** JetStream domain of the learner's stream; "": the one of the server that is connected to. */
      domain: "",
      /** File with credentials, and certificates of those who may sign the server's; needed beyond this machine. */
      credentials: "",
      ca: "",
      /** By which the server knows this robot, where it has no keys; "": the host's name. With keys it is their name. */
      machine: "",
      /** What lets the robot forget a step: that the learner has it on its disk, or that the broker has. */
      forget: "learner" as string,
      /** Messages on their way to the broker at once, and how long it may take to say that it has one. */
      windowMessages: 64,
      publishMs: 5000,
      /** When rows that it did not take are tried again. */
      retryMs: 1000,
      /** How long a file of a policy may take to come out of the broker's store. */
      fetchMs: 60_000,
      /** A server silent for two of these is connected to anew. */
      pingMs: 5000,
    },
  },
  supervisor: {
    /** First pause before a process is started again; doubles with every death that follows soon. */
    backoffMs: 100,
    backoffMaxMs: 5000,
    /** A process that says nothing for so long is killed and started again. */
    hangMs: 10_000,
    /** The same for a governor whose loop is under way in real time, and says so every `governorAliveMs`. */
    governorHangMs: 500,
    governorAliveMs: 50,
    /** The governor, the policy and the supervisor each say where they stand so often. */
    statusMs: 1000,
    /** How long bringing the machine to its end state without a governor may take, and how long opening it is tried. */
    relaxMs: 10_000,
    openMs: 2000,
    /** As `serial.openingMs` of who does that: the others are not to wait for one that is missing. */
    relaxOpeningMs: 100,
    /** Steps kept until the link has them on disk. */
    ringRows: 20_000,
    /** Of their images; where there are more, the oldest go. */
    ringImageMb: 256,
    /** How long each process gets to end by itself. */
    stopMs: 5000,
  },
  sim: {
    /** The simulated machine damps itself when no command came for so long after the last one; 0: never. */
    commandTimeoutMs: 200,
  },
};

/** What one camera of a robot comes from. */
export const SIGHT_DEFAULTS = {
  /** "off", or one of SIGHTS: the robot has this camera, and what it sees is in every step. */
  from: "off" as string,
  /** "/dev/v4l/by-id/…", "rtsp://…", a video, a directory of pictures, "/camera/image_raw", as `from` has it. */
  at: "",
  /** Frames a second that a device is asked for, or that are made. */
  rateHz: 15,
  /** Pixels of the picture before it is cut to the robot's shape; a device is asked for them. */
  width: 640,
  height: 480,
  /** Of a device, in ffmpeg's word: mjpeg, yuyv422. */
  format: "mjpeg",
  /** From what is seen to the frame's arrival, as far as it was measured, s: taken off its capture time. */
  delay: 0,
};

export type SightSettings = typeof SIGHT_DEFAULTS;

/** How what carries a robot is reached, apart from what the robot's definition says. */
export const DRIVER_DEFAULTS = {
  serial: {
    /** "/dev/ttyACM0", "COM3", "tcp://host:port". */
    port: "",
    /** Bits a second; 0: what the robot's servos are set to. */
    baud: 0,
    /** How much longer than the wire needs a reply may take, ms: USB, the kernel and this process's own pauses. */
    slackMs: 8,
    /** How long a servo that does not answer at opening is asked again, ms. */
    openingMs: 1500,
    /** File of the machine's calibration; "": ~/.reverie/calibration/<robot>.json. */
    calibration: "",
  },
  mock: {
    /** "pty", a pseudo-terminal, "tcp", or "auto": a pty where there is a socat to make it. */
    carrier: "auto" as string,
    /** How the emulated servos are screwed to their joints: which machine it is. A run's own seed does not change it. */
    seed: 0,
    /** As of `serial`: emulated servos wait for the processor like everybody else here, and late is not lost. */
    slackMs: 60,
  },
  ros2: {
    /** A rosbridge server, as ws://host:9090; "": what the robot's definition says. */
    url: "",
    /** A std_msgs/Bool that is true while the emergency stop is pressed, as /estop; "": what the robot's definition says. */
    estop: "",
    /** Its silence for so long is a stop too, ms. */
    estopSilentMs: 500,
  },
  /** By the names of the robot's cameras. */
  camera: {} as Readonly<Record<string, SightSettings>>,
};

export type DriverSettings = typeof DRIVER_DEFAULTS;
export type RuntimeConfig = typeof RUNTIME_DEFAULTS;
