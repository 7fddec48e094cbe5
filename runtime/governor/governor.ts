import type { Clock } from "../clock.ts";
import type { RUNTIME_DEFAULTS } from "../defaults.ts";
import type { Driver, RobotSpec, Sample } from "../robot.ts";
import type { Step } from "../step.ts";
import type { Task } from "../task.ts";
import { Histogram, type Percentiles } from "./histogram.ts";
import type { Answer, Inbox, Question } from "./inbox.ts";
import { Motion, servoTicksPerPolicyTick } from "./motion.ts";
import { type Event, type State, transition } from "./states.ts";

export interface GovernorOptions {
  readonly spec: RobotSpec;
  readonly task: Task;
  readonly driver: Driver;
  readonly clock: Clock;
  readonly inbox: Inbox;
  /** Must not block; the answer comes to the inbox. */
  readonly ask: (question: Question) => void;
  /** Must not block. With what the task says of the sample: its stage, and its speed in m/s where it has one. */
  readonly onStep: (step: Step, its: { readonly stage: string; readonly speed: number | undefined }) => void;
  readonly settings: typeof RUNTIME_DEFAULTS.governor;
  /** Wait for each answer and permit instead of going on without. */
  readonly lockstep: boolean;
  /** Numbers of the first step and its episode. */
  readonly sequence: number;
  readonly episode: number;
  /** Ends after so many steps; 0: never by itself. */
  readonly steps: number;
}

export interface GovernorStatus {
  readonly state: State;
  /** Taken by this governor. */
  readonly steps: number;
  readonly sequence: number;
  readonly episode: number;
  readonly stage: string;
  /** Of the action in force. */
  readonly policyVersion: number;
  /** How late servo ticks began. */
  readonly lateness: Percentiles;
  readonly missedTicks: number;
  readonly starvedTicks: number;
  readonly refusedActions: number;
  /** Times the robot was brought to its end state for want of a policy. */
  readonly holds: number;
}

/** Owns the machine: ticks on absolute deadlines, asks the policy, moves within limits, and tells what happened. */
export class Governor {
  readonly #options: GovernorOptions;
  readonly #motion: Motion;
  readonly #lateness = new Histogram();
  #state: State = "unpowered";
  #sample: Sample | undefined;
  #stage = "";
  #asked = -1;
  #taken = -1;
  #action: Float32Array;
  #sent: Float64Array;
  #policyVersion = 0;
  #sequence: number;
  #episode: number;
  #index = 0;
  #isFirst = true;
  #starvedInRow = 0;
  #refusedInRow = 0;
  #counts = { missedTicks: 0, starvedTicks: 0, refusedActions: 0, holds: 0 };

  constructor(options: GovernorOptions) {
    this.#options = options;
    this.#motion = new Motion(options.spec, options.task);
    this.#action = new Float32Array(options.task.action.length);
    this.#sent = new Float64Array(options.spec.joints.length);
    this.#sequence = options.sequence;
    this.#episode = options.episode;
  }

  get status(): GovernorStatus {
    return {
      state: this.#state,
      steps: this.#sequence - this.#options.sequence,
      sequence: this.#sequence,
      episode: this.#episode,
      stage: this.#stage,
      policyVersion: this.#policyVersion,
      lateness: this.#lateness.percentiles(),
      ...this.#counts,
    };
  }

  /**
   * Until `signal` aborts or the steps are taken. The machine is in its end state when this returns or throws; the driver
   * is left open. A driver that fails, or a target that must not be sent, throws and leaves the state at "fault".
   */
  async run(signal: AbortSignal): Promise<void> {
    const { driver, spec } = this.#options;
    try {
      await driver.open();
      this.#go("open");
      await this.#loop(signal);
    } catch (error) {
      this.#go("fail");
      throw error;
    } finally {
      await driver.relax(spec.endState);
    }
  }

  async #loop(signal: AbortSignal): Promise<void> {
    const { clock, driver, spec, steps } = this.#options;
    const slots = servoTicksPerPolicyTick(spec);
    const periodNs = BigInt(Math.round(1e9 / spec.servoRateHz));
    const start = clock.now();
    let turn = -1;
    for (let tick = 0; ; tick++) {
      const deadline = start + BigInt(tick) * periodNs;
      await clock.sleepUntil(deadline);
      if (signal.aborted) return;
      const lateNs = clock.now() - deadline;
      this.#lateness.add(Number(lateNs) / 1e6);
      const missed = Number(lateNs / periodNs);
      this.#counts.missedTicks += missed;
      tick += missed;
      this.#sample = await driver.read();
      if (Math.floor(tick / slots) !== turn) {
        turn = Math.floor(tick / slots);
        await this.#policyTick(this.#sample, signal);
        if (signal.aborted || (steps > 0 && this.#sequence - this.#options.sequence >= steps)) return;
      }
      await this.#servoTick(this.#sample, tick % slots);
    }
  }

  async #policyTick(sample: Sample, signal: AbortSignal): Promise<void> {
    const { ask, inbox, lockstep, settings, task } = this.#options;
    await this.#judgeLastTurn(sample);
    if (lockstep && this.#state === "engaged") {
      // However long: the learner may be making its first hundreds of updates, or be away. Virtual time stands still.
      await inbox.until(() => inbox.through > this.#sequence, signal);
      if (signal.aborted) return;
    }
    const observation = task.observe(sample);
    this.#stage = task.stage(sample);
    this.#motion.turn();
    ask({ tick: ++this.#asked, isFirst: this.#isFirst, observation, previousAction: this.#action });
    if (this.#state === "engaged") this.#takeStep(sample, observation);
    if (lockstep) {
      const limit = { timeoutMs: settings.lockstepTimeoutMs, missing: `an answer to question ${this.#asked}` };
      await inbox.until(() => inbox.answer?.tick === this.#asked, signal, limit);
    }
  }

  /** Engages when a waiting machine's question was answered; holds when too many of a moving one's were not. */
  async #judgeLastTurn(sample: Sample): Promise<void> {
    if (this.#asked < 0) return;
    if (this.#state !== "engaged") {
      if (this.#freshAnswer() !== undefined) this.#engage(sample);
      return;
    }
    if (this.#taken !== this.#asked) {
      this.#counts.starvedTicks++;
      if (++this.#starvedInRow >= this.#options.settings.starvedTicksToHold) await this.#hold();
    }
  }

  async #servoTick(sample: Sample, slot: number): Promise<void> {
    if (this.#state !== "engaged") return;
    if (this.#taken !== this.#asked) {
      const answer = this.#freshAnswer();
      if (answer !== undefined) this.#head(answer, slot);
      if (this.#refusedInRow >= this.#options.settings.refusedToHold) return this.#hold();
    }
    const sent = await this.#options.driver.write(this.#motion.command(slot, sample.position));
    this.#sent.set(sent.position);
  }

  #head({ action, policyVersion }: Answer, slot: number): void {
    this.#action = action.map((value) => Math.min(Math.max(value, -1), 1));
    this.#policyVersion = policyVersion;
    this.#starvedInRow = 0;
    this.#refusedInRow = 0;
    this.#motion.head(this.#action, slot);
  }

  /** The answer to the question that stands, once; undefined when there is none or it is of no use, which is counted. */
  #freshAnswer(): Answer | undefined {
    const { inbox, task } = this.#options;
    const answer = inbox.answer;
    if (answer?.tick !== this.#asked || this.#taken === this.#asked) return undefined;
    this.#taken = this.#asked;
    if (answer.action.length === task.action.length && answer.action.every(Number.isFinite)) return answer;
    this.#counts.refusedActions++;
    this.#refusedInRow++;
    return undefined;
  }

  #takeStep(sample: Sample, observation: Step["observation"]): void {
    const { onStep, task } = this.#options;
    const isTerminal = task.isTerminal(sample);
    const isLast = isTerminal || this.#index + 1 >= task.windowSteps;
    const step: Step = {
      sequence: this.#sequence,
      episode: this.#episode,
      index: this.#index,
      timeNs: sample.timeNs,
      observation,
      action: this.#action,
      command: Float32Array.from(this.#sent),
      reward: task.reward(sample),
      isFirst: this.#isFirst,
      isLast,
      isTerminal,
      policyVersion: this.#policyVersion,
      intervened: false,
    };
    onStep(step, { stage: this.#stage, speed: task.speed?.(sample) });
    this.#sequence++;
    this.#isFirst = false;
    this.#index = isLast ? 0 : this.#index + 1;
    if (isLast) this.#episode++;
  }

  /** Targets start at the measured pose: enabling never jumps. */
  #engage(sample: Sample): void {
    this.#go("engage");
    this.#motion.seed(sample.position);
    this.#sent.set(sample.position);
    this.#action = new Float32Array(this.#action.length);
    this.#starvedInRow = 0;
    this.#refusedInRow = 0;
  }

  async #hold(): Promise<void> {
    this.#go("hold");
    this.#counts.holds++;
    this.#isFirst = true;
    if (this.#index > 0) this.#episode++;
    this.#index = 0;
    await this.#options.driver.relax(this.#options.spec.endState);
  }

  #go(event: Event): void {
    this.#state = transition(this.#state, event);
  }
}
