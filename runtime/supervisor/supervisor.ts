import type { Question } from "../governor/inbox.ts";
import type { Order } from "../governor/orders.ts";
import { addTallies, NO_STEPS } from "../governor/tally.ts";
import type {
  FromGovernor,
  FromLink,
  FromPolicy,
  LinkStatus,
  SupervisorConfig,
  ToGovernor,
  ToLink,
  ToPolicy,
} from "../ipc.ts";
import { Child } from "./child.ts";
import { Relaxer } from "./relaxer.ts";
import { StepRing } from "./ring.ts";
import { StandingOrders } from "./standing-orders.ts";
import { type FromSupervisor, NO_GOVERNOR, NO_LINK, type RobotStatus, type RobotSummary } from "./status.ts";

export interface SupervisorOptions {
  readonly config: SupervisorConfig;
  readonly entries: Readonly<Record<"governor" | "policy" | "link" | "relaxer", URL>>;
  readonly send: (event: FromSupervisor) => void;
}

const STATUS_MS = 1000;
/** Steps on their way to the link; bounds what it must hold in memory. */
const LINK_WINDOW = 1024;
/** A collector with helpers waits for them, and a busy machine lets them wait: its pauses were 50 ms instead of 1. */
const GOVERNOR_OPTIONS = ["--single-threaded-gc"];
/** A process that dies so often in a row before it ever worked would do so for ever. */
const HOPELESS = 3;

/** Runs a robot's processes, passes their messages on, and outlives each of them. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #governor: Child<FromGovernor, ToGovernor>;
  readonly #policy: Child<FromPolicy, ToPolicy>;
  /** None where nobody learns. */
  readonly #link: Child<FromLink, ToLink> | undefined;
  readonly #relaxer: Relaxer;
  readonly #ring: StepRing;
  readonly #standing = new StandingOrders();
  readonly #timer: NodeJS.Timeout;
  #started: { readonly sequence: number; readonly episode: number } | undefined;
  #report = NO_GOVERNOR;
  #tally = NO_STEPS;
  #linkStatus: LinkStatus | undefined;
  /** By itself: its steps are taken, or somebody interrupted it. */
  #governorEnded = false;
  /** The governor's loop is under way: the machine may be moving. */
  #looping = false;
  /** Whether the relaxer stands by, where it is to. */
  #guarded: boolean;
  #failure = "";
  /** Number and episode of the step that comes next. */
  #sequence = 0;
  #episode = 0;
  #permit = 0;
  #toLink = 0;
  #written = 0;
  #linkOpen = false;
  /** The policy has a question to answer; the newest that waits its turn. */
  #asked: Question | undefined;
  #waiting: Question | undefined;
  #version = 0;
  #versionSinceMs = 0;
  #policyStatus = { surprise: 0, answerMs: 0 };
  #stopping: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { config, entries, send } = options;
    const settings = config.runtime.supervisor;
    const report = (text: string): void => send({ type: "note", text });
    this.#ring = new StepRing(settings.ringRows);
    if (config.play === undefined) {
      const link: Child<FromLink, ToLink> = new Child({
        name: "link",
        entry: entries.link,
        settings,
        report,
        onMessage: (message) => this.#fromLink(message),
        onStart: () => link.send({ type: "start", config, resumed: this.#started !== undefined }),
        onDeath: async (cause) => {
          this.#linkOpen = false;
          this.#linkStatus = { ...(this.#linkStatus ?? NO_LINK), state: "connecting" };
          return this.#worthAnother("link", cause, this.#started === undefined && link.soonInRow >= HOPELESS);
        },
      });
      this.#link = link;
      this.#linkStatus = NO_LINK;
    }
    this.#policy = new Child({
      name: "policy",
      entry: entries.policy,
      settings,
      report,
      onMessage: (message) => this.#fromPolicy(message),
      onStart: () => this.#startPolicy(),
      onDeath: async (cause) => {
        this.#governor.send({ type: "policyGone" });
        const hopeless = config.play !== undefined && this.#version === 0 && this.#policy.soonInRow >= HOPELESS;
        return this.#worthAnother("policy", cause, hopeless);
      },
    });
    this.#governor = new Child({
      name: "governor",
      entry: entries.governor,
      nodeOptions: GOVERNOR_OPTIONS,
      settings,
      report,
      onMessage: (message) => this.#fromGovernor(message),
      onStart: () => this.#startGovernor(),
      onDeath: (cause) => this.#governorDied(cause),
      hangMs: () => (this.#looping && config.clock === "realtime" ? settings.governorHangMs : settings.hangMs),
      watchMs: settings.governorAliveMs,
    });
    this.#relaxer = new Relaxer({ config, entry: entries.relaxer, report });
    this.#guarded = config.clock === "lockstep";
    this.#timer = setInterval(() => send({ type: "status", status: this.#status() }), STATUS_MS);
  }

  /**
   * Policy and governor load meanwhile, but get their orders when the link knows which number the next step has, and the
   * governor only when the relaxer stands by. In lockstep, where nothing moves while nobody looks, it need not.
   */
  start(): void {
    this.#link?.start();
    this.#policy.start();
    this.#governor.start();
    if (!this.#guarded) {
      this.#relaxer.start();
      void this.#relaxer.ready.then(() => {
        this.#guarded = true;
        this.#startGovernor();
      });
    }
    if (this.#link === undefined) this.#begin(0, 0, Number.MAX_SAFE_INTEGER);
  }

  /** What a person ordered goes straight to the governor. */
  order(order: Order): void {
    this.#standing.add(order);
    this.#governor.send({ type: "order", order });
  }

  /** Governor first, so that the robot is in its end state; then what it did goes to the learner; then the rest. */
  stop(reason: RobotSummary["reason"] = "stopped", failure?: string): Promise<void> {
    this.#stopping ??= this.#stop(reason, failure);
    return this.#stopping;
  }

  async #stop(reason: RobotSummary["reason"], failure: string | undefined): Promise<void> {
    const { config, send } = this.#options;
    const { stopMs } = config.runtime.supervisor;
    const ended = await this.#governor.stop({ type: "stop" }, stopMs);
    if (!ended || this.#looping) await this.#relax(this.#failure || "did not end when told to");
    this.#passSteps(Number.POSITIVE_INFINITY);
    await this.#link?.stop({ type: "stop" }, config.runtime.link.flushMs + stopMs);
    await this.#policy.stop({ type: "stop" }, stopMs);
    await this.#relaxer.stop(stopMs);
    clearInterval(this.#timer);
    send({ type: "ended", summary: { reason, failure, status: this.#status() } });
  }

  #fromGovernor(message: FromGovernor): void {
    if (message.type === "question") {
      const { question } = message;
      this.#waiting = { ...question, isFirst: question.isFirst || this.#waiting?.isFirst === true };
      this.#passQuestion();
    } else if (message.type === "step") {
      this.#sequence = message.sequence + 1;
      this.#episode = message.episode;
      if (this.#link === undefined) return;
      this.#ring.push(message);
      this.#passSteps(LINK_WINDOW);
    } else if (message.type === "alive") this.#looping = message.looping;
    else if (message.type === "failed") this.#failure = message.reason;
    else if (message.type === "note") this.#options.send(message);
    else if (message.type === "mark") {
      const kept = this.#link === undefined ? "; nothing is kept" : "";
      this.#options.send({ type: "note", text: `step ${message.sequence} ends its episode: ${message.mark}${kept}` });
    } else {
      const changed = message.status.state !== this.#report.state;
      this.#report = message.status;
      this.#tally = addTallies(this.#tally, message.status);
      if (changed) this.#options.send({ type: "status", status: this.#status() });
      if (message.type === "ended") this.#governorEnded = true;
    }
  }

  #fromPolicy(message: FromPolicy): void {
    if (message.type === "answer") {
      this.#governor.send(message);
      this.#asked = undefined;
      this.#passQuestion();
    } else if (message.type === "status") this.#policyStatus = message;
    else if (message.type === "note") this.#options.send(message);
    else {
      if (message.type === "acting" && message.version !== this.#version) {
        this.#version = message.version;
        this.#versionSinceMs = performance.now();
      }
      this.#link?.send(message);
    }
  }

  #fromLink(message: FromLink): void {
    if (message.type === "opened") this.#linkOpened(message.sequence, message.episode);
    else if (message.type === "written") {
      this.#written = message.through;
      this.#ring.trim(message.through);
      this.#passSteps(LINK_WINDOW);
    } else if (message.type === "permit") {
      this.#permit = Math.max(this.#permit, message.through);
      this.#governor.send(message);
    } else if (message.type === "swap") this.#policy.send(message);
    else if (message.type === "refused") void this.stop("refused", `the learner refused this robot: ${message.reason}`);
    else if (message.type === "note") this.#options.send(message);
    else this.#linkStatus = message.status;
  }

  #linkOpened(sequence: number, episode: number): void {
    this.#linkOpen = true;
    this.#toLink = sequence;
    this.#written = sequence;
    if (this.#started !== undefined) {
      this.#passSteps(LINK_WINDOW);
      return;
    }
    this.#begin(sequence, episode, this.#permit);
  }

  /** The next step has these numbers; in lockstep, those below `permit` may be taken. */
  #begin(sequence: number, episode: number, permit: number): void {
    this.#started = { sequence, episode };
    this.#sequence = sequence;
    this.#episode = episode;
    this.#permit = permit;
    this.#startPolicy();
    this.#startGovernor();
  }

  #startPolicy(): void {
    if (this.#started === undefined) return;
    this.#policy.send({ type: "start", config: this.#options.config, sequence: this.#sequence });
    this.#waiting ??= this.#asked;
    this.#asked = undefined;
    this.#passQuestion();
  }

  #startGovernor(): void {
    const { config } = this.#options;
    const begun = this.#started;
    if (begun === undefined || !this.#guarded) return;
    const again = this.#sequence > begun.sequence;
    this.#relaxer.release();
    const steps = config.steps === 0 ? 0 : config.steps - (this.#sequence - begun.sequence);
    this.#governor.send({
      type: "start",
      config,
      sequence: this.#sequence,
      episode: this.#episode + (again ? 1 : 0),
      steps,
    });
    for (const order of this.#standing.orders) this.#governor.send({ type: "order", order });
    if (this.#permit > 0) this.#governor.send({ type: "permit", through: this.#permit });
  }

  /** One question at a time: a policy that was slow goes on with the newest, not with a queue of old ones. */
  #passQuestion(): void {
    if (this.#asked !== undefined || this.#waiting === undefined) return;
    this.#asked = this.#waiting;
    this.#waiting = undefined;
    this.#policy.send({ type: "question", question: this.#asked });
  }

  #passSteps(window: number): void {
    if (!this.#linkOpen) return;
    for (let step = this.#ring.from(this.#toLink); step !== undefined; step = this.#ring.from(this.#toLink)) {
      if (step.sequence - this.#written >= window) return;
      this.#link?.send(step);
      this.#toLink = step.sequence + 1;
    }
  }

  async #governorDied(cause: string): Promise<boolean> {
    const { config, send } = this.#options;
    const why = this.#failure || cause;
    this.#failure = "";
    this.#looping = false;
    const allTaken = config.steps > 0 && this.#sequence - (this.#started?.sequence ?? 0) >= config.steps;
    if (!this.#governorEnded) await this.#relax(why);
    if (this.#governorEnded || allTaken) {
      void this.stop(allTaken ? "steps" : "stopped");
      return false;
    }
    if (config.clock === "lockstep" && this.#standing.stopped) {
      void this.stop("failed", why);
      return false;
    }
    if (config.driver !== "sim") {
      this.#report = { ...this.#report, state: "fault" };
      send({ type: "note", text: `the robot stays in its end state until this run is started again: ${why}` });
      return false;
    }
    const hopeless = this.#governor.soonInRow >= HOPELESS;
    return this.#worthAnother("governor", why, hopeless);
  }

  #worthAnother(name: string, cause: string, hopeless: boolean): boolean {
    if (hopeless) void this.stop("failed", `${name}: ${cause}`);
    return !hopeless;
  }

  async #relax(why: string): Promise<void> {
    const { send } = this.#options;
    this.#looping = false;
    try {
      await this.#relaxer.relax();
      send({ type: "note", text: `governor: ${why}; the robot was brought to its end state without it` });
    } catch (error) {
      send({ type: "note", text: `governor: ${why}; THE END STATE WAS NOT REACHED: ${(error as Error).message}` });
    }
  }

  #status(): RobotStatus {
    const tally = this.#tally;
    this.#tally = NO_STEPS;
    return {
      ...this.#report,
      rewardMean: tally.rewardMean,
      rewardSteps: tally.rewardSteps,
      stageSteps: tally.stageSteps,
      speedMean: tally.speedMean,
      sequence: this.#sequence,
      steps: this.#sequence - (this.#started?.sequence ?? 0),
      link: this.#linkStatus,
      policyAgeSeconds: this.#version > 0 ? (performance.now() - this.#versionSinceMs) / 1000 : undefined,
      surprise: this.#policyStatus.surprise,
      answerMs: this.#policyStatus.answerMs,
      restarts: {
        governor: this.#governor.restarts,
        policy: this.#policy.restarts,
        link: this.#link?.restarts ?? 0,
      },
      lostSteps: this.#ring.dropped,
    };
  }
}
