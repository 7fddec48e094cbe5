import type { Sample } from "../robot.ts";
import { assertCalibration } from "./calibration-check.ts";
import { Desk } from "./desk.ts";
import { assertLimits } from "./limit-checks.ts";
import { servoTicksPerPolicyTick } from "./motion.ts";
import { type GovernorOptions, OVERRUNS } from "./options.ts";
import type { Order } from "./orders.ts";
import { makeParts, type Parts } from "./parts.ts";
import { PolicyTurn } from "./policy-turn.ts";
import { moveToRest } from "./rest-move.ts";
import { servoTurn } from "./servo-turn.ts";
import type { GovernorStatus } from "./status.ts";
import type { Trip } from "./watchdogs.ts";

/** A reason to abort a run with: nobody looks after the machine any more, and it does not first return to its rest pose. */
export const AT_ONCE = "at once";

/** Owns the machine: ticks on absolute deadlines, asks the policy, moves within limits, and tells what happened. */
export class Governor {
  readonly #options: GovernorOptions;
  readonly #parts: Parts;
  readonly #desk: Desk;
  readonly #policyTurn: PolicyTurn;
  #counts = { ticks: 0, dueTicks: 0, missedTicks: 0 };

  /** Throws on settings that are none. */
  constructor(options: GovernorOptions) {
    this.#options = options;
    this.#parts = makeParts(options);
    this.#desk = new Desk(options, this.#parts);
    this.#policyTurn = new PolicyTurn(options, this.#parts, this.#desk);
  }

  get status(): GovernorStatus {
    const { exchange, helm, recorder, servo, stance, times, watchdogs } = this.#parts;
    return {
      state: stance.state,
      standstill: stance.standstill,
      steps: recorder.sequence - this.#options.sequence,
      sequence: recorder.sequence,
      episode: recorder.episode,
      stage: this.#policyTurn.stage,
      policyVersion: helm.policyVersion,
      loop: times.report(),
      refusedActions: helm.refused,
      trips: { ...watchdogs.counts },
      limits: servo.motion.limiter.counts,
      interventions: helm.interventions,
      starvedTicks: exchange.starvedTicks,
      holds: stance.holds,
      ...this.#counts,
    };
  }

  /** Carried out at the next servo tick. */
  order(order: Order): void {
    this.#desk.add(order);
  }

  /** The policy's process is gone: no answer will come until there is another. */
  policyGone(): void {
    const { exchange, stance } = this.#parts;
    if (!this.#options.lockstep && stance.state === "engaged") exchange.lose();
  }

  /**
   * Until `signal` aborts or the steps are taken. The machine is in its end state when this returns or throws; the driver
   * is left open. Unsafe limits, a driver that fails and a target that must not be sent throw and leave the state at
   * "fault"; so does any fault in lockstep, where nobody is there to reset it.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { driver, latched, lockstep, spec, task, settings } = this.#options;
    const { stance } = this.#parts;
    try {
      await driver.open();
      assertLimits(spec, task, driver.calibrated);
      assertCalibration(spec, driver);
      if (!OVERRUNS.includes(settings.overrun)) {
        throw new Error(`governor.overrun: expected ${OVERRUNS.join(" or ")}, found "${settings.overrun}"`);
      }
      if (latched === undefined) stance.open();
      else {
        await this.#read(); // the end state may depend on where the machine is
        await stance.openLatched(latched);
      }
      await this.#loop(signal);
      const rests = spec.rest !== undefined && !lockstep && signal.reason !== AT_ONCE;
      if (rests && stance.state === "engaged") await this.#rest();
    } catch (error) {
      stance.fail((error as Error).message);
      throw error;
    } finally {
      await driver.relax(stance.finalEnd);
    }
  }

  async #loop(signal: AbortSignal): Promise<void> {
    const { clock, settings, spec, steps, sequence } = this.#options;
    const { exchange, recorder, stance, times } = this.#parts;
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
      times.add("lateness", Number(lateNs) / 1e6);
      this.#counts.ticks++;
      this.#counts.missedTicks += missed;
      this.#counts.dueTicks = Number((now - start) / periodNs) + 1;
      tick += missed;
      const begin = performance.now();
      const sample = await this.#read();
      if (missed > 0 && settings.overrun === "hold") await stance.hold("overrun", `${missed} servo ticks missed`);
      for (const trip of this.#watch(sample, missed)) await this.#heed(trip);
      if (this.#desk.busy) await this.#desk.carryOut();
      if (Math.floor(tick / slots) !== turn) {
        turn = Math.floor(tick / slots);
        await this.#policyTurn.take(sample, signal);
        if (signal.aborted || (steps > 0 && recorder.sequence - sequence >= steps)) return;
      }
      await servoTurn(settings, this.#parts, sample, tick % slots);
      const tookMs = performance.now() - begin;
      times.add("tick", tookMs);
      const took = exchange.takeTook();
      if (took !== undefined) times.add(took === "swap" ? "swapTick" : "answerTick", tookMs);
    }
  }

  async #read(): Promise<Sample> {
    const begin = performance.now();
    const sample = await this.#options.driver.read();
    this.#parts.stance.see(sample);
    this.#parts.times.add("read", performance.now() - begin);
    return sample;
  }

  #watch(sample: Sample, missedTicks: number): readonly Trip[] {
    const { exchange, servo, stance, watchdogs } = this.#parts;
    return watchdogs.check({
      sample,
      nowNs: this.#options.clock.now(),
      command: stance.state === "engaged" && servo.following ? servo.sent : undefined,
      missedTicks,
      surprise: exchange.takeSurprise(),
    });
  }

  async #heed({ watchdog, kind, text }: Trip): Promise<void> {
    const { stance } = this.#parts;
    if (kind === "fault") await stance.latch("fail", watchdog, text);
    else if (kind === "hold" && stance.state === "ready") this.#options.report(`does not move: ${watchdog}: ${text}`);
    else if (kind === "hold") await stance.hold(watchdog, text);
    else this.#options.report(`${watchdog}: ${text}`);
  }

  async #rest(): Promise<void> {
    const { clock, driver, report, spec } = this.#options;
    const { servo, stance } = this.#parts;
    report("returns to its rest pose");
    const stopped = ({ estop }: Sample) => estop === true || this.#desk.stopWaits;
    const result = await moveToRest(spec, spec.rest!, driver, clock, servo.motion.limiter, servo.sent, stopped);
    stance.see(await driver.read());
    report(`return to the rest pose: ${result}`);
    if (result === "stopped") await this.#desk.carryOut();
  }
}
