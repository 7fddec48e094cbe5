import type { Clock } from "../clock.ts";
import type { RuntimeConfig } from "../defaults.ts";
import type { Cause, Driver, EndState, RobotSpec, Sample } from "../robot.ts";
import type { Step } from "../step.ts";
import type { Task } from "../task.ts";
import { endStateFor } from "./endings.ts";
import { Helm } from "./helm.ts";
import type { Answer, Inbox, Question } from "./inbox.ts";
import { assertLimits } from "./limit-checks.ts";
import type { LimitCounts } from "./limits.ts";
import { type LoopReport, LoopTimes } from "./loop-times.ts";
import { Motion, servoTicksPerPolicyTick } from "./motion.ts";
import type { MarkedStep, Order } from "./orders.ts";
import { Recorder } from "./recorder.ts";
import { moveToRest } from "./rest-move.ts";
import { type Event, type State, transition } from "./states.ts";
import { type Trip, type WatchdogName, Watchdogs } from "./watchdogs.ts";

/** What a loop does that began too late: skip the ticks it missed, or bring the robot to its end state for a moment. */
export const OVERRUNS: readonly string[] = ["skip", "hold"];

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
  /** One line for a person. Must not block. */
  readonly report: (text: string) => void;
  /** A person said how an episode went. Must not block. */
  readonly onMark?: (mark: MarkedStep) => void;
  readonly settings: RuntimeConfig["governor"];
  readonly watchdogs: RuntimeConfig["watchdogs"];
  /** Wait for each answer and permit instead of going on without. */
  readonly lockstep: boolean;
  /** Numbers of the first step and its episode. */
  readonly sequence: number;
  readonly episode: number;
  /** Ends after so many steps; 0: never by itself. */
  readonly steps: number;
}

/** Why the machine is not moved by its policy. */
export interface Standstill {
  readonly cause: Cause;
  /** What was expected and found. */
  readonly text: string;
  /** Unix time, ms. */
  readonly sinceMs: number;
}

export interface GovernorStatus {
  readonly state: State;
  /** Set while held, at fault or stopped. */
  readonly standstill: Standstill | undefined;
  /** Taken by this governor. */
  readonly steps: number;
  readonly sequence: number;
  readonly episode: number;
  readonly stage: string;
  /** Of the action in force. */
  readonly policyVersion: number;
  readonly loop: LoopReport;
  /** Servo ticks that ran. */
  readonly ticks: number;
  /** Servo ticks that were due by when the last one began, by the clock alone: those that ran and those that were missed. */
  readonly dueTicks: number;
  /** Servo ticks that were skipped because they began too late. */
  readonly missedTicks: number;
  /** Policy ticks without an answer. */
  readonly starvedTicks: number;
  readonly refusedActions: number;
  /** Times the robot was brought to its end state and went on by itself. */
  readonly holds: number;
  /** Times each watchdog tripped. */
  readonly trips: Readonly<Record<WatchdogName, number>>;
  /** Times each limit changed a joint's target. */
  readonly limits: LimitCounts;
  /** Times a person took over. */
  readonly interventions: number;
}

/** Owns the machine: ticks on absolute deadlines, asks the policy, moves within limits, and tells what happened. */
export class Governor {
  readonly #options: GovernorOptions;
  readonly #motion: Motion;
  readonly #helm: Helm;
  readonly #recorder: Recorder;
  readonly #watchdogs: Watchdogs;
  readonly #times = new LoopTimes();
  readonly #sent: Float64Array;
  #orders: Order[] = [];
  #state: State = "unpowered";
  #standstill: Standstill | undefined;
  #ending: EndState = "limp";
  #sample: Sample | undefined;
  #stage = "";
  #paused = false;
  /** The machine follows `#sent`. */
  #commanded = false;
  #asked = -1;
  #askedMs = 0;
  #taken = -1;
  #surprise: number | undefined;
  /** The question that stood when the policy's process was found gone; undefined while there is one. */
  #goneSince: number | undefined;
  #starvedInRow = 0;
  #counts = { ticks: 0, dueTicks: 0, missedTicks: 0, starvedTicks: 0, holds: 0 };

  /** Throws on settings that are none. */
  constructor(options: GovernorOptions) {
    const { spec, task, settings, sequence, episode } = options;
    this.#options = options;
    this.#motion = new Motion(spec, task);
    this.#helm = new Helm(task.action.length, settings.handoverTicks);
    this.#recorder = new Recorder(task, sequence, episode);
    this.#watchdogs = new Watchdogs(spec, options.watchdogs);
    this.#sent = new Float64Array(spec.joints.length);
  }

  get status(): GovernorStatus {
    return {
      state: this.#state,
      standstill: this.#standstill,
      steps: this.#recorder.sequence - this.#options.sequence,
      sequence: this.#recorder.sequence,
      episode: this.#recorder.episode,
      stage: this.#stage,
      policyVersion: this.#helm.policyVersion,
      loop: this.#times.report(),
      refusedActions: this.#helm.refused,
      trips: { ...this.#watchdogs.counts },
      limits: this.#motion.limiter.counts,
      interventions: this.#helm.interventions,
      ...this.#counts,
    };
  }

  /** Carried out at the next servo tick. */
  order(order: Order): void {
    this.#orders.push(order);
  }

  /** The policy's process is gone: no answer will come until there is another. */
  policyGone(): void {
    if (!this.#options.lockstep && this.#state === "engaged") this.#goneSince = this.#asked;
  }

  /**
   * Until `signal` aborts or the steps are taken. The machine is in its end state when this returns or throws; the driver
   * is left open. Unsafe limits, a driver that fails and a target that must not be sent throw and leave the state at
   * "fault"; so does any fault in lockstep, where nobody is there to reset it.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { driver, spec, task, settings } = this.#options;
    try {
      await driver.open();
      assertLimits(spec, task, driver.calibrated);
      if (!OVERRUNS.includes(settings.overrun)) {
        throw new Error(`governor.overrun: expected ${OVERRUNS.join(" or ")}, found "${settings.overrun}"`);
      }
      this.#go("open");
      await this.#loop(signal);
      if (this.#state === "engaged" && spec.rest !== undefined) await this.#rest();
    } catch (error) {
      if (this.#state !== "fault" && this.#state !== "estop") {
        this.#go("fail");
        this.#standstill = { cause: "driver", text: (error as Error).message, sinceMs: Date.now() };
      }
      throw error;
    } finally {
      await driver.relax(endStateFor(spec, this.#standstill?.cause ?? "stop", this.#sample?.position));
    }
  }

  async #loop(signal: AbortSignal): Promise<void> {
    const { clock, settings, spec, steps, sequence } = this.#options;
    const slots = servoTicksPerPolicyTick(spec);
    const periodNs = BigInt(Math.round(1e9 / spec.servoRateHz));
    const start = clock.now();
    let turn = -1;
    for (let tick = 0; ; tick++) {
      const deadline = start + BigInt(tick) * periodNs;
      await clock.sleepUntil(deadline);
      if (signal.aborted) return;
      const now = clock.now();
      const lateNs = now - deadline;
      const missed = Number(lateNs / periodNs);
      this.#times.add("lateness", Number(lateNs) / 1e6);
      this.#counts.ticks++;
      this.#counts.missedTicks += missed;
      this.#counts.dueTicks = Number((now - start) / periodNs) + 1;
      tick += missed;
      const begin = performance.now();
      const sample = await this.#read();
      if (missed > 0 && settings.overrun === "hold") await this.#hold("overrun", `${missed} servo ticks missed`);
      for (const trip of this.#watch(sample, missed)) await this.#heed(trip);
      if (sample.estop === true || this.#orders.length > 0) await this.#obey();
      if (Math.floor(tick / slots) !== turn) {
        turn = Math.floor(tick / slots);
        await this.#policyTick(sample, signal);
        if (signal.aborted || (steps > 0 && this.#recorder.sequence - sequence >= steps)) return;
      }
      await this.#servoTick(sample, tick % slots);
      this.#times.add("tick", performance.now() - begin);
    }
  }

  async #read(): Promise<Sample> {
    const begin = performance.now();
    this.#sample = await this.#options.driver.read();
    this.#times.add("read", performance.now() - begin);
    return this.#sample;
  }

  /** What people and other machines ordered since the last tick; an emergency stop before anything else. */
  async #obey(): Promise<void> {
    if (this.#sample?.estop === true && this.#state !== "estop") {
      await this.#latch("stop", "estop", "the machine's emergency stop is pressed");
    }
    const orders = this.#orders;
    this.#orders = [];
    for (const order of orders) {
      if (order.type === "estop") await this.#latch("stop", "estop", `emergency stop from ${order.from}`);
    }
    for (const order of orders) await this.#carryOut(order);
  }

  async #carryOut(order: Order): Promise<void> {
    const { onMark, report } = this.#options;
    if (order.type === "reset") this.#reset();
    else if (order.type === "pause") {
      this.#paused = true;
      if (this.#state === "engaged") await this.#hold("operator", "paused");
    } else if (order.type === "resume") this.#paused = false;
    else if (order.type === "mark") {
      if (this.#state === "engaged") {
        this.#recorder.end();
        onMark?.({ sequence: this.#recorder.sequence, mark: order.mark });
      } else report(`"${order.mark}" was not noted: no episode is under way`);
    } else if (order.type === "steer") {
      try {
        this.#helm.steer(order.action);
      } catch (error) {
        report((error as Error).message);
      }
    }
  }

  #reset(): void {
    const { report } = this.#options;
    if (this.#state !== "fault" && this.#state !== "estop") return;
    const standing = this.#standing();
    if (standing !== undefined) {
      report(`not reset: ${standing}`);
      return;
    }
    this.#go("reset");
    this.#standstill = undefined;
    this.#recorder.breakOff();
    report("reset: the robot moves again when its policy answers");
  }

  /** Why the machine must not move yet; undefined when nothing speaks against it. */
  #standing(): string | undefined {
    if (this.#sample?.estop === true) return "the machine's emergency stop is pressed";
    return this.#watchdogs.blocking();
  }

  #watch(sample: Sample, missedTicks: number): readonly Trip[] {
    const trips = this.#watchdogs.check({
      sample,
      nowNs: this.#options.clock.now(),
      command: this.#state === "engaged" && this.#commanded ? this.#sent : undefined,
      missedTicks,
      surprise: this.#surprise,
    });
    this.#surprise = undefined;
    return trips;
  }

  async #heed({ watchdog, kind, text }: Trip): Promise<void> {
    if (kind === "fault") await this.#latch("fail", watchdog, text);
    else if (kind === "hold") await this.#hold(watchdog, text);
    else this.#options.report(`${watchdog}: ${text}`);
  }

  async #policyTick(sample: Sample, signal: AbortSignal): Promise<void> {
    const { ask, inbox, lockstep, onStep, settings, task } = this.#options;
    if (this.#state === "fault" || this.#state === "estop") return;
    await this.#judgeLastTurn(sample);
    if (lockstep && this.#state === "engaged") {
      // However long: the learner may be making its first hundreds of updates, or be away. Virtual time stands still.
      await inbox.until(() => inbox.through > this.#recorder.sequence, signal);
      if (signal.aborted) return;
    }
    const observation = task.observe(sample);
    this.#stage = task.stage(sample);
    this.#motion.turn();
    const { action, policyVersion, intervened } = this.#helm;
    this.#askedMs = performance.now();
    ask({ tick: ++this.#asked, isFirst: this.#recorder.isFirst, observation, previousAction: action });
    if (this.#state === "engaged") {
      const sent = this.#sent;
      const step = this.#recorder.take({ sample, observation, action, sent, policyVersion, intervened });
      onStep(step, { stage: this.#stage, speed: task.speed?.(sample) });
      const steered = this.#helm.turn();
      if (steered !== undefined) this.#motion.head(steered, 0);
    }
    if (lockstep) {
      const limit = { timeoutMs: settings.lockstepTimeoutMs, missing: `an answer to question ${this.#asked}` };
      await inbox.until(() => inbox.answer?.tick === this.#asked, signal, limit);
    }
  }

  /** Engages when a waiting machine's question was answered; holds when too many of a moving one's were not. */
  async #judgeLastTurn(sample: Sample): Promise<void> {
    if (this.#asked < 0) return;
    if (this.#state !== "engaged") {
      const answer = this.#freshAnswer();
      const usable = (answer !== undefined && this.#helm.take(answer)) || this.#helm.steered;
      if (usable && !this.#paused && this.#standing() === undefined) this.#engage(sample);
      return;
    }
    if (this.#taken === this.#asked || this.#helm.intervened) return;
    this.#counts.starvedTicks++;
    const most = this.#options.settings.starvedTicksToHold;
    if (++this.#starvedInRow >= most)
      await this.#hold("policy", `expected an answer in ${most} policy ticks, found none`);
  }

  async #servoTick(sample: Sample, slot: number): Promise<void> {
    if (this.#state !== "engaged") return;
    if (this.#goneSince !== undefined && !this.#helm.intervened) {
      this.#taken = this.#asked; // what the dead still answered moves nothing any more
      return this.#hold("policy", "its process is gone");
    }
    const answer = this.#freshAnswer();
    if (answer !== undefined) this.#head(answer, slot);
    if (this.#helm.refusedInRow >= this.#options.settings.refusedToHold) {
      return this.#hold("policy", `expected finite actions, found ${this.#helm.refusedInRow} others in a row`);
    }
    const begin = performance.now();
    const sent = await this.#options.driver.write(this.#motion.command(slot, sample.position, sample.velocity));
    this.#times.add("write", performance.now() - begin);
    this.#sent.set(sent.position);
    this.#commanded = true;
  }

  #head(answer: Answer, slot: number): void {
    const alone = this.#helm.alone;
    const action = this.#helm.take(answer);
    if (action === undefined) return;
    this.#starvedInRow = 0;
    if (!alone) this.#motion.head(action, slot);
  }

  /** The answer to the question that stands, once; undefined when there is none. */
  #freshAnswer(): Answer | undefined {
    const { inbox } = this.#options;
    const answer = inbox.answer;
    if (answer?.tick !== this.#asked || this.#taken === this.#asked) return undefined;
    this.#taken = this.#asked;
    if (this.#goneSince !== undefined && this.#asked > this.#goneSince) this.#goneSince = undefined;
    this.#times.add("answer", inbox.answeredMs - this.#askedMs);
    this.#surprise = answer.surprise;
    return answer;
  }

  /** Enabling never jumps: targets start at the measured pose or, where a held machine carries its load, at its command. */
  #engage(sample: Sample): void {
    const loaded = this.#commanded && this.#ending === "hold";
    this.#go("engage");
    this.#standstill = undefined;
    if (!loaded) this.#sent.set(sample.position);
    this.#motion.seed(this.#sent);
    this.#helm.reset();
    this.#starvedInRow = 0;
  }

  /** Into the end state until it is over. */
  async #hold(cause: Cause, text: string): Promise<void> {
    if (this.#state !== "engaged") return;
    this.#counts.holds++;
    this.#recorder.breakOff();
    await this.#stand("hold", cause, text);
  }

  /** Into the end state until a person resets it. */
  async #latch(event: "fail" | "stop", cause: Cause, text: string): Promise<void> {
    if (this.#state === "estop" || (this.#state === "fault" && event === "fail")) return;
    this.#recorder.breakOff();
    await this.#stand(event, cause, text);
    if (this.#options.lockstep) throw new Error(`${cause}: ${text}`);
  }

  async #stand(event: Event, cause: Cause, text: string): Promise<void> {
    const { driver, report, spec } = this.#options;
    const end = endStateFor(spec, cause, this.#sample?.position);
    this.#go(event);
    this.#standstill = { cause, text, sinceMs: Date.now() };
    this.#ending = end;
    if (end !== "hold") this.#commanded = false;
    this.#starvedInRow = 0;
    this.#goneSince = undefined;
    await driver.relax(end);
    report(`${this.#state}: ${cause}: ${text}; the robot is brought to "${end}"`);
  }

  async #rest(): Promise<void> {
    const { clock, driver, report, spec } = this.#options;
    report("returns to its rest pose");
    const stopped = ({ estop }: Sample) => estop === true || this.#orders.some(({ type }) => type === "estop");
    const result = await moveToRest(spec, spec.rest!, driver, clock, this.#motion.limiter, this.#sent, stopped);
    this.#sample = await driver.read();
    report(`return to the rest pose: ${result}`);
    if (result === "stopped") await this.#obey();
  }

  #go(event: Event): void {
    this.#state = transition(this.#state, event);
  }
}
