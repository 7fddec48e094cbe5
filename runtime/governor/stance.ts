import type { Cause, EndState, Sample } from "../robot.ts";
import { endStateFor } from "./endings.ts";
import type { GovernorOptions } from "./options.ts";
import { type Event, type State, transition } from "./states.ts";

/** Why the machine is not moved by its policy. */
export interface Standstill {
  readonly cause: Cause;
  /** What was expected and found. */
  readonly text: string;
  /** Unix time, ms. */
  readonly sinceMs: number;
}

/** A state that only a reset leaves, and why. */
export interface Latched {
  readonly state: "fault" | "estop";
  readonly standstill: Standstill;
}

/** What the governor may do with the machine now, why not more, and the only ways from one to the other. */
export class Stance {
  readonly #options: Pick<GovernorOptions, "driver" | "lockstep" | "report" | "spec">;
  readonly #onStand: (end: EndState) => void;
  #state: State = "unpowered";
  #standstill: Standstill | undefined;
  #end: EndState = "limp";
  #holds = 0;
  #sample: Sample | undefined;

  /** `onStand` hears of every standstill, before the machine is brought to its end state. */
  constructor(options: GovernorOptions, onStand: (end: EndState) => void) {
    this.#options = options;
    this.#onStand = onStand;
  }

  get state(): State {
    return this.#state;
  }

  /** Set while held, at fault or stopped. */
  get standstill(): Standstill | undefined {
    return this.#standstill;
  }

  /** Whether only a reset leaves this state. */
  get latched(): boolean {
    return this.#state === "fault" || this.#state === "estop";
  }

  /** Times the machine was brought to its end state and went on by itself. */
  get holds(): number {
    return this.#holds;
  }

  /** The end state the machine was brought to last; "limp" before. */
  get end(): EndState {
    return this.#end;
  }

  /** The end state to leave the machine in. */
  get finalEnd(): EndState {
    return endStateFor(this.#options.spec, this.#standstill?.cause ?? "stop", this.#sample?.position);
  }

  /** The newest sample; undefined before the first. */
  get sample(): Sample | undefined {
    return this.#sample;
  }

  see(sample: Sample): void {
    this.#sample = sample;
  }

  open(): void {
    this.#go("open");
  }

  /** Instead of `open`: as a governor before this one left it, the machine in its end state. */
  async openLatched({ state, standstill }: Latched): Promise<void> {
    const { cause, text, sinceMs } = standstill;
    await this.#stand(state === "estop" ? "stop" : "fail", cause, text, sinceMs);
  }

  engage(): void {
    this.#go("engage");
    this.#standstill = undefined;
  }

  reset(): void {
    this.#go("reset");
    this.#standstill = undefined;
  }

  /** Says that the run has failed; nothing when the machine is latched already. */
  fail(text: string): void {
    if (this.latched) return;
    this.#go("fail");
    this.#standstill = { cause: "driver", text, sinceMs: Date.now() };
  }

  /** Into the end state until it is over; nothing unless engaged. */
  async hold(cause: Cause, text: string): Promise<void> {
    if (this.#state !== "engaged") return;
    this.#holds++;
    await this.#stand("hold", cause, text);
  }

  /** Into the end state until a person resets it; in lockstep, where nobody is there to do so, throws then. */
  async latch(event: "fail" | "stop", cause: Cause, text: string): Promise<void> {
    if (this.#state === "estop" || (this.#state === "fault" && event === "fail")) return;
    await this.#stand(event, cause, text);
    if (this.#options.lockstep) throw new Error(`${cause}: ${text}`);
  }

  async #stand(event: Event, cause: Cause, text: string, sinceMs = Date.now()): Promise<void> {
    const { driver, report, spec } = this.#options;
    const end = endStateFor(spec, cause, this.#sample?.position);
    this.#go(event);
    this.#standstill = { cause, text, sinceMs };
    this.#end = end;
    this.#onStand(end);
    await driver.relax(end);
    report(`${this.#state}: ${cause}: ${text}; the robot is brought to "${end}"`);
  }

  #go(event: Event): void {
    this.#state = transition(this.#state, event);
  }
}
