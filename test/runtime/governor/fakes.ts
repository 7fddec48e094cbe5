import { type Clock, VirtualClock } from "../../../runtime/clock.ts";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import { Governor } from "../../../runtime/governor/governor.ts";
import { Inbox, type Question } from "../../../runtime/governor/inbox.ts";
import type { GovernorOptions } from "../../../runtime/governor/options.ts";
import {
  type Driver,
  type EndState,
  type JointCommand,
  type RobotSpec,
  type Sample,
  UNWATCHED,
} from "../../../runtime/robot.ts";
import type { Step } from "../../../runtime/step.ts";
import type { Task } from "../../../runtime/task.ts";

/** Limits far beyond what these tests ask for: the limits have tests of their own. */
const joint = {
  min: -2,
  max: 2,
  softMargin: 0,
  velocityLimit: 300,
  accelerationLimit: 50_000,
  effortLimit: 79,
  kp: 20,
  kd: 0.5,
};

export const spec: RobotSpec = {
  name: "fake",
  joints: [
    { name: "left", ...joint },
    { name: "right", ...joint },
  ],
  policyRateHz: 20,
  servoRateHz: 100,
  restPose: [0, 0],
  endState: "damp",
  watch: { sampleAge: 0.5, beyondLimits: 0.1, ...UNWATCHED },
};

/** Observes the driver's count of reads at policy ticks; maps an action to the same angles, unfiltered. */
export const task: Task = {
  name: "count",
  observation: [{ name: "count", dtype: "float32", shape: [1], units: ["1"] }],
  action: ["left", "right"],
  windowSteps: 4,
  rewardOffset: 0,
  canTerminate: false,
  filterHz: 0,
  maxPositionError: Number.POSITIVE_INFINITY,
  mapAction: (action, out) => {
    for (let i = 0; i < out.length; i++) out[i] = action[i]!;
  },
  observe: (sample) => ({ count: Float32Array.from(sample.sensors.count!) }),
  reward: (sample) => sample.sensors.count![0]! / 2,
  isTerminal: () => false,
  stage: () => "counting",
};

/** Goes where it is told at once, counts its reads, writes down everything. */
export class FakeDriver implements Driver {
  readonly #clock: Clock;
  readonly #position = Float64Array.of(0.1, -0.1);
  reads = 0;
  readonly log: ({ at: bigint; target: number[] } | EndState | "open" | "close")[] = [];
  failAtRead = Number.POSITIVE_INFINITY;
  /** What the next samples are like. */
  sample: Partial<Sample> = {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get targets(): number[][] {
    return this.log.flatMap((entry) => (typeof entry === "object" ? [entry.target] : []));
  }

  async open(): Promise<void> {
    this.log.push("open");
  }

  async read(): Promise<Sample> {
    if (++this.reads >= this.failAtRead) throw new Error("fake driver: no reply");
    return {
      timeNs: this.#clock.now(),
      position: this.#position,
      velocity: new Float64Array(2),
      effort: new Float64Array(2),
      sensors: { count: Float64Array.of(this.reads) },
      ...this.sample,
    };
  }

  async write(command: JointCommand): Promise<JointCommand> {
    this.log.push({ at: this.#clock.now(), target: [...command.position] });
    this.#position.set(command.position);
    return command;
  }

  async relax(end: EndState): Promise<void> {
    this.log.push(end);
  }

  async close(): Promise<void> {
    this.log.push("close");
  }
}

export interface Rig {
  readonly governor: Governor;
  readonly driver: FakeDriver;
  readonly inbox: Inbox;
  readonly questions: Question[];
  readonly steps: Step[];
  /** What was said to a person. */
  readonly notes: string[];
  /** Runs until so many questions were asked. */
  runFor(questions: number): Promise<void>;
}

/** A governor on fakes; `policy` sees each question and answers into the inbox, or does not. */
export function rig(
  policy: (question: Question, inbox: Inbox) => void,
  options: Partial<GovernorOptions> & { readonly clock?: Clock } = {},
): Rig {
  const clock = options.clock ?? new VirtualClock();
  const driver = new FakeDriver(clock);
  const inbox = new Inbox();
  const questions: Question[] = [];
  const steps: Step[] = [];
  const notes: string[] = [];
  const controller = new AbortController();
  let limit = Number.POSITIVE_INFINITY;
  const governor = new Governor({
    spec,
    task,
    driver,
    clock,
    inbox,
    ask: (question) => {
      questions.push(question);
      if (questions.length >= limit) controller.abort();
      policy(question, inbox);
    },
    onStep: (step) => steps.push(step),
    report: (text) => notes.push(text),
    settings: RUNTIME_DEFAULTS.governor,
    watchdogs: RUNTIME_DEFAULTS.watchdogs,
    lockstep: false,
    sequence: 0,
    episode: 0,
    steps: 0,
    ...options,
  });
  return {
    governor,
    driver,
    inbox,
    questions,
    steps,
    notes,
    runFor: async (count) => {
      limit = questions.length + count;
      await governor.run(controller.signal);
    },
  };
}
