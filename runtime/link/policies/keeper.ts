import type { RuntimeConfig } from "../../defaults.ts";
import type { Cause } from "../../robot.ts";
import type { Choice } from "./choice.ts";
import { type KnownReturns, ReturnWatch } from "./return-watch.ts";

/** What a robot does whose policies lose what they had learned, or bring it to a fault. */
export const ROLLBACKS: readonly string[] = ["off", "warn", "rollback"];

/** Faults a policy brings a machine to; the others are the machine's own. */
const OF_POLICIES: ReadonlySet<Cause> = new Set(["tracking", "tilt", "workspace", "surprise", "current"]);

/** One step as its return is judged. */
export interface JudgedStep {
  readonly sequence: number;
  readonly reward: number;
  readonly policyVersion: number;
}

/** Decides which policy a robot acts with: the newest, or, when that does harm, one from before for a while. */
export class PolicyKeeper {
  readonly #settings: RuntimeConfig["policy"]["rollback"];
  readonly #report: (line: string) => void;
  readonly #watch: ReturnWatch;
  #choice: Choice | undefined;
  #next = 0;
  /** The version that acts, and the one that acted before it. */
  #acting = 0;
  #before = 0;

  /** Throws on a setting that is none. */
  constructor(
    settings: RuntimeConfig["policy"]["rollback"],
    choice: Choice | undefined,
    known: KnownReturns | undefined,
    report: (line: string) => void,
  ) {
    if (!ROLLBACKS.includes(settings.trip)) {
      throw new Error(`policy.rollback.trip: expected one of ${ROLLBACKS.join(", ")}, found "${settings.trip}"`);
    }
    this.#settings = settings;
    this.#choice = choice;
    this.#report = report;
    this.#watch = new ReturnWatch(settings, known);
  }

  /** Undefined: the newest. */
  get choice(): Choice | undefined {
    return this.#choice;
  }

  /** What is to be handed to the next keeper of this robot. */
  get known(): KnownReturns | undefined {
    return this.#watch.known;
  }

  /** Policies that must stay on the disk whatever comes. */
  get kept(): readonly number[] {
    return [this.#watch.goodVersion, this.#before, this.#choice?.policyVersion ?? 0].filter((version) => version > 0);
  }

  /** A person chose. */
  choose(choice: Choice | undefined): void {
    this.#choice = choice;
    this.#watch.judgeAnew();
  }

  /** True when the choice changed. */
  step({ sequence, reward, policyVersion }: JudgedStep): boolean {
    this.#next = sequence + 1;
    if (policyVersion !== this.#acting) [this.#before, this.#acting] = [this.#acting, policyVersion];
    if (this.#choice?.untilStep !== undefined && sequence >= this.#choice.untilStep) {
      this.#report(`policy: the newest again, after ${this.#choice.policyVersion}`);
      this.choose(undefined);
      return true;
    }
    if (this.#settings.trip === "off" || this.#choice !== undefined) return false;
    const collapse = this.#watch.add(reward, policyVersion);
    if (collapse === undefined) return false;
    const { mean, best, version } = collapse;
    this.#watch.judgeAnew();
    return this.#rollBack(version, `reward per step fell from ${best.toFixed(2)} to ${mean.toFixed(2)}`);
  }

  /** The machine came to a fault that only a person ends. True when the choice changed. */
  fault(cause: Cause, text: string): boolean {
    if (this.#settings.trip === "off" || this.#choice !== undefined || !OF_POLICIES.has(cause)) return false;
    const good = this.#watch.goodVersion;
    return this.#rollBack(good > 0 && good !== this.#acting ? good : this.#before, `${cause}: ${text}`);
  }

  #rollBack(policyVersion: number, why: string): boolean {
    if (policyVersion === 0 || policyVersion === this.#acting) {
      this.#report(`policy ${this.#acting}: ${why}; there is none from before to go back to`);
      return false;
    }
    if (this.#settings.trip === "warn") {
      this.#report(`policy ${this.#acting}: ${why}; policy ${policyVersion} was better: "reverie policy rollback"`);
      return false;
    }
    const untilStep = this.#next + this.#settings.holdSteps;
    this.#report(`policy: back to ${policyVersion} for ${this.#settings.holdSteps} steps: ${why}`);
    this.#choice = { policyVersion, by: "robot", why, untilStep };
    return true;
  }
}
