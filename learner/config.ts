/** Network sizes by name. `bins` two-hot classes for reward and value; layers count the normed ones before an output. */
export const PRESETS = {
  "robot-tiny": { deter: 128, units: 128, groups: 8, classes: 8, encoderLayers: 1, headLayers: 1, bins: 63 },
  "robot-small": { deter: 256, units: 256, groups: 16, classes: 16, encoderLayers: 2, headLayers: 2, bins: 255 },
  "robot-std": { deter: 256, units: 256, groups: 32, classes: 32, encoderLayers: 2, headLayers: 2, bins: 255 },
} as const;

export type PresetName = keyof typeof PRESETS;

/** Dreamer, and a model-free baseline to compare it with: Soft Actor-Critic. */
export const ALGORITHMS = ["dreamer", "sac"] as const;

/** Ways to learn the actor: through the gradient of the learned dynamics, or from sampled returns alone. */
export const ACTORS: readonly string[] = ["backprop", "reinforce"];

/** How several robots share a batch: as they have rows, or alike. */
export const STREAMS: readonly string[] = ["rows", "equal"];

/** What a NATS stream that is full does: take no more, or give up the oldest. */
export const DISCARDS: readonly string[] = ["new", "old"];

/** Every number that changes how a run learns. */
export const LEARNER_DEFAULTS = {
  /** One of ALGORITHMS. Dreamer is set by `preset` and `agent`, Soft Actor-Critic by `sac`. */
  algorithm: "dreamer" as string,
  preset: "robot-small" as string,
  agent: {
    /** One of ACTORS. */
    actor: "backprop" as string,
    horizon: 15,
    gamma: 0.97,
    lambda: 0.95,
    /** Imagination starts from the last so many steps of each sequence; 0: from all. */
    imagineLast: 4,
    dynScale: 1,
    repScale: 0.1,
    freeNats: 1,
    unimix: 0.01,
    normEps: 1e-3,
    /** σ = minStd + (1 − minStd)·sigmoid(x + stdShift) */
    minStd: 0.1,
    stdShift: 2,
    /** Fixed entropy weight (reinforce). */
    entropy: 3e-4,
    /** Normalised entropy each action dimension is held at (backprop). */
    entropyTarget: 0.5,
    /** What that becomes over `entropyAnneal` updates after `entropyHold`: much noise finds the way, little keeps to it. */
    entropyTargetEnd: 0.1,
    entropyHold: 6000,
    entropyAnneal: 6000,
    /** Decay of the running return range or advantage moments. */
    returnDecay: 0.99,
    slowMix: 0.02,
    model: { lr: 3e-4, eps: 1e-8, clip: 1000 },
    policy: { lr: 1e-4, eps: 1e-5, clip: 100 },
    critic: { lr: 3e-4, eps: 1e-5, clip: 100 },
    beta1: 0.9,
    beta2: 0.999,
  },
  sac: {
    /** Newest observations, each with the action that led to it, that make up a state: what a robot does not sense, such as
     * velocities, is in their differences. */
    frames: 3,
    layers: 2,
    units: 256,
    /** Dreamer's, so that both learn for the same return. */
    gamma: 0.97,
    /** Share of the critics that their targets take on with each update. */
    tau: 0.005,
    /** Entropy the policy is held at, nats for each action dimension. */
    targetEntropy: -1,
    /** Of the entropy in the return, at first. */
    temperature: 1,
    /** Rewards are multiplied by this. */
    rewardScale: 1,
    logStdMin: -20,
    logStdMax: 2,
    /** Of critics, actor and temperature. The clip is beyond every gradient met: there is none in the paper. */
    adam: { lr: 3e-4, eps: 1e-8, clip: 1e6, beta1: 0.9, beta2: 0.999 },
  },
  replay: {
    /** Steps kept of all robots together. The oldest go first, those of the robot with the most. */
    capacity: 1_000_000,
    /** Memory for them, bytes, where that is reached first. */
    bytes: 4_000_000_000,
    batch: 16,
    length: 24,
    /** Share of a batch drawn from the newest `recentSteps`; one sequence is always the very newest. */
    recentShare: 0.5,
    recentSteps: 2000,
    /** How the rest is drawn, as weights. */
    mixture: {
      /** Every start alike. */
      uniform: 1,
      /** Newer starts rather: half as likely for every `halfLife` steps of age. */
      recency: 0,
      halfLife: 50_000,
      /** Sequences in which an episode ended, by itself or because the stream broke. */
      ends: 0,
    },
    /** One of STREAMS. */
    streams: "rows" as string,
    /** What cameras saw is kept in it too, raw. No agent reads it yet. */
    images: true,
  },
  /** Where the learner is at a NATS server (`--bind nats://…`); see runtime/link/README.md. */
  nats: {
    /** Names its robots, the stream of their rows and the store of its policies: letters, digits, _ and -. */
    fleet: "fleet",
    /** JetStream domain the stream is in; "": the one of the server that is connected to. */
    domain: "",
    /** File with credentials, and certificates of those who may sign the server's; needed beyond this machine. */
    credentials: "",
    ca: "",
    /** Copies of every row and policy in the cluster. */
    replicas: 1,
    /** What the stream may hold of rows that are not yet on the learner's disk. */
    streamMb: 4096,
    /** Rows older than this go although nobody has taken them; 0: never. */
    maxAgeHours: 0,
    /** A stream that is full takes no more and robots keep their rows ("new"), or gives up the oldest ("old"). */
    discard: "new" as string,
    /** What was published twice within this time is kept once. */
    dedupeSeconds: 120,
    /** Rows taken in and not durable: the server sends no more, and sends them again after `ackWaitMs`. */
    windowMessages: 4096,
    windowMb: 64,
    ackWaitMs: 30_000,
    /** When rows that could not be taken are brought again. */
    retryMs: 1000,
    /** Policies kept in the store, and what it may hold. */
    keepPolicies: 3,
    policiesMb: 1024,
    /** How long putting one there may take. */
    storeMs: 60_000,
    /** A server silent for two of these is connected to anew. */
    pingMs: 5000,
  },
  train: {
    /** Steps before the first update; the robot explores with held random actions meanwhile. */
    fill: 2000,
    /** Updates made when learning starts. */
    pretrain: 400,
    /** Updates owed per robot step. */
    ratio: 0.2,
    /** Most updates ever owed: after a long absence the learner does not try to catch up everything. */
    burst: 200,
    /** Threads of one update. */
    threads: 1,
    /** How far the learner steps aside for everything else on its machine, 0 to 19: a robot's loop cannot wait. */
    niceness: 10,
    /** Seconds between policies sent to the robot (realtime), robot steps between them (lockstep). */
    publishSeconds: 4,
    publishSteps: 25,
    checkpointSeconds: 60,
    keepCheckpoints: 3,
    /** Updates between two lines of metrics. */
    logUpdates: 50,
  },
  /** What the metrics say of the run beyond its losses; nothing learned depends on it. */
  report: {
    /** Updates between two reports on world model, critic and policy; 0: none. */
    everyUpdates: 250,
    /** Sequences of a report, among the newest `recentSteps`. */
    batch: 16,
    recentSteps: 6000,
    /** Steps a belief is built from before what follows is judged. */
    context: 20,
    /** Steps ahead at which what the world model expects is compared with what came. */
    openLoop: [1, 5, 15],
    /** Steps of reward a value is compared with; the critic stands for what comes after. */
    valueSteps: 100,
    /** Size from which on a number of an action counts as saturated, and steps that share is of. */
    saturated: 0.99,
    actionSteps: 1000,
    /** Share of the best gain (best − first) whose loss counts as a collapse. */
    collapse: 0.25,
  },
};

export type LearnerConfig = typeof LEARNER_DEFAULTS;
