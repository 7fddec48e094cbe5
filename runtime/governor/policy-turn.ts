import type { Sample } from "../robot.ts";
import type { Desk } from "./desk.ts";
import type { GovernorOptions } from "./options.ts";
import { obstacle, type Parts } from "./parts.ts";
import { sights } from "./sights.ts";

/** The policy tick: judges the last question, observes, asks the next, and takes the step that led here. */
export class PolicyTurn {
  readonly #options: GovernorOptions;
  readonly #parts: Parts;
  readonly #desk: Pick<Desk, "paused">;
  #stage = "";

  constructor(options: GovernorOptions, parts: Parts, desk: Pick<Desk, "paused">) {
    this.#options = options;
    this.#parts = parts;
    this.#desk = desk;
  }

  /** The task's, at the newest observation. */
  get stage(): string {
    return this.#stage;
  }

  /** The policy is asked without what cameras saw: it reads none of it. In lockstep, waits for the permit before and the answer after; `signal` ends that. */
  async take(sample: Sample, signal: AbortSignal): Promise<void> {
    const { inbox, lockstep, onStep, spec, task } = this.#options;
    const { exchange, helm, recorder, servo, stance } = this.#parts;
    if (stance.latched) return;
    await this.#judge(sample);
    if (lockstep && stance.state === "engaged") {
      // However long: the learner may be making its first hundreds of updates, or be away. Virtual time stands still.
      await inbox.until(() => inbox.through > recorder.sequence, signal);
      if (signal.aborted) return;
    }
    const observation = task.observe(sample);
    this.#stage = task.stage(sample);
    servo.motion.turn();
    const { action, policyVersion, intervened } = helm;
    exchange.ask({ isFirst: recorder.isFirst, observation, previousAction: action });
    if (stance.state === "engaged") {
      const observed = spec.images === undefined ? observation : { ...observation, ...sights(spec.images, sample) };
      const moment = { sample, observation: observed, action, sent: servo.sent, policyVersion, intervened };
      const step = recorder.take(moment);
      onStep(step, { stage: this.#stage, speed: task.speed?.(sample), sample });
      const steered = helm.turn();
      if (steered !== undefined) servo.motion.head(steered, 0);
    }
    if (lockstep) await exchange.wait(signal);
  }

  /** Engages when a waiting machine's question was answered; holds when too many of a moving one's were not. */
  async #judge(sample: Sample): Promise<void> {
    const { exchange, helm, stance } = this.#parts;
    if (!exchange.begun) return;
    if (stance.state !== "engaged") {
      const answer = exchange.take();
      const usable = (answer !== undefined && helm.take(answer)) || helm.steered;
      if (usable && !this.#desk.paused && obstacle(this.#parts) === undefined) this.#engage(sample);
      return;
    }
    if (exchange.answered || helm.intervened) return;
    const most = this.#options.settings.starvedTicksToHold;
    if (exchange.starve() >= most)
      await stance.hold("policy", `expected an answer in ${most} policy ticks, found none`);
  }

  #engage(sample: Sample): void {
    const { exchange, helm, servo, stance } = this.#parts;
    const held = stance.end === "hold";
    stance.engage();
    servo.engage(sample, held);
    helm.reset();
    exchange.feed();
  }
}
