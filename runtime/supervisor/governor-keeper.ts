import type { Order } from "../governor/orders.ts";
import type { Latched } from "../governor/stance.ts";
import type { FromGovernor, GovernorReport, SupervisorConfig, ToGovernor } from "../ipc.ts";
import { Child } from "./child.ts";
import { Relaxer } from "./relaxer.ts";
import { StandingOrders } from "./standing-orders.ts";
import { stillLatched } from "./still-latched.ts";

/** What a governor begins with. */
export interface Beginning {
  /** Number and episode of the next step. */
  readonly sequence: number;
  readonly episode: number;
  /** It ends after so many; 0: never. */
  readonly steps: number;
  /** In lockstep, steps below this may be taken. */
  readonly permit: number;
}

export interface GovernorKeeperOptions {
  readonly config: SupervisorConfig;
  readonly entries: Readonly<Record<"governor" | "relaxer", URL>>;
  /** What is not for the keeper itself. */
  readonly onMessage: (message: Exclude<FromGovernor, { type: "alive" | "failed" }>) => void;
  /** Undefined while it is too early to begin. */
  readonly beginning: () => Beginning | undefined;
  /** Whether all steps are taken that were asked for. */
  readonly allTaken: () => boolean;
  /** It is over, and there will be no other. */
  readonly onEnd: (reason: "stopped" | "steps" | "failed", failure?: string) => void;
  /** It is over, but the run is not: the machine stays in its end state. */
  readonly onFault: () => void;
  readonly note: (text: string) => void;
}

/** A collector with helpers waits for them, and a busy machine lets them wait: its pauses were 50 ms instead of 1. */
const GOVERNOR_OPTIONS = ["--single-threaded-gc"];

/** The governor's process and the one that stands by for it: whatever becomes of the first, the machine is looked after. */
export class GovernorKeeper {
  readonly #options: GovernorKeeperOptions;
  readonly #child: Child<FromGovernor, ToGovernor>;
  readonly #relaxer: Relaxer;
  readonly #standing = new StandingOrders();
  /** By itself: its steps are taken, or somebody interrupted it. */
  #ended = false;
  /** Its loop is under way: the machine may be moving. */
  #looping = false;
  /** How long it may take to bring the machine to its rest pose when it is told to end. */
  #restMs = 0;
  /** Whether the relaxer stands by, where it is to. */
  #guarded: boolean;
  #failure = "";
  /** What only a person may end, also where another governor goes on. */
  #latched: Latched | undefined;

  constructor(options: GovernorKeeperOptions) {
    this.#options = options;
    const { config, entries, note } = options;
    const settings = config.runtime.supervisor;
    this.#child = new Child({
      name: "governor",
      entry: entries.governor,
      nodeOptions: GOVERNOR_OPTIONS,
      settings,
      report: note,
      onMessage: (message) => this.#heard(message),
      onStart: () => this.begin(),
      onDeath: (cause) => this.#died(cause),
      // A loop that waits for its driver for ever leaves its process free to say other things.
      isLife: ({ type }) => type === "alive" || !this.#timed,
      hangMs: () => (this.#timed ? settings.governorHangMs : settings.hangMs),
      watchMs: settings.governorAliveMs,
    });
    this.#relaxer = new Relaxer({ config, entry: entries.relaxer, report: note });
    this.#guarded = config.clock === "lockstep";
    this.#latched = config.latched;
  }

  /** Whether its loop is under way in real time, and says so. */
  get #timed(): boolean {
    return this.#looping && this.#options.config.clock === "realtime";
  }

  get restarts(): number {
    return this.#child.restarts;
  }

  /** It loads meanwhile, but gets its orders only when the relaxer stands by; in lockstep, where nothing moves while nobody looks, it need not. */
  start(): void {
    this.#child.start();
    if (this.#guarded) return;
    this.#relaxer.start();
    void this.#relaxer.ready.then(() => {
      this.#guarded = true;
      this.begin();
    });
  }

  /** Gives it its orders, unless it is too early. */
  begin(): void {
    const beginning = this.#options.beginning();
    if (beginning === undefined || !this.#guarded) return;
    const { permit, ...numbers } = beginning;
    const latched = this.#latched === undefined ? {} : { latched: this.#latched };
    this.#relaxer.release();
    this.#child.send({ type: "start", config: this.#options.config, ...numbers, ...latched });
    for (const order of this.#standing.orders) this.#child.send({ type: "order", order });
    if (permit > 0) this.#child.send({ type: "permit", through: permit });
  }

  /** What a person ordered goes straight to the governor. */
  order(order: Order): void {
    this.#standing.add(order);
    this.#child.send({ type: "order", order });
  }

  send(message: Extract<ToGovernor, { type: "answer" | "permit" | "policyGone" }>): void {
    this.#child.send(message);
  }

  /** The machine is in its end state when this resolves. */
  async stop(stopMs: number): Promise<void> {
    const ended = await this.#child.stop({ type: "stop" }, this.#restMs + stopMs);
    if (!ended || this.#looping) await this.#relax(this.#failure || "did not end when told to");
  }

  /** The process that stands by goes last. */
  async dismiss(stopMs: number): Promise<void> {
    await this.#relaxer.stop(stopMs);
  }

  #heard(message: FromGovernor): void {
    if (message.type === "alive") {
      this.#looping = message.looping;
      this.#restMs = message.restMs;
    } else if (message.type === "failed") this.#failure = message.reason;
    else {
      if (message.type === "status") this.#see(message.status);
      this.#options.onMessage(message);
      if (message.type === "ended") this.#ended = true;
    }
  }

  /** In lockstep virtual time waits for nobody to reset it: the next governor goes on. */
  #see(status: Pick<GovernorReport, "state" | "standstill">): void {
    if (this.#options.config.clock === "realtime") this.#latched = stillLatched(this.#latched, status);
  }

  async #died(cause: string): Promise<boolean> {
    const { allTaken, config, note, onEnd, onFault } = this.#options;
    const why = this.#failure || cause;
    if (this.#failure !== "" && this.#looping) {
      this.#see({ state: "fault", standstill: { cause: "driver", text: this.#failure, sinceMs: Date.now() } });
    }
    this.#failure = "";
    this.#looping = false;
    this.#restMs = 0;
    const taken = allTaken();
    if (!this.#ended) await this.#relax(why);
    if (this.#ended || taken) onEnd(taken ? "steps" : "stopped");
    else if (config.clock === "lockstep" && this.#standing.stopped) onEnd("failed", why);
    else if (config.driver !== "sim") {
      onFault();
      note(`the robot stays in its end state until this run is started again: ${why}`);
    } else if (this.#child.hopeless) onEnd("failed", `governor: ${why}`);
    else return true;
    return false;
  }

  async #relax(why: string): Promise<void> {
    const { note } = this.#options;
    this.#looping = false;
    try {
      await this.#relaxer.relax();
      note(`governor: ${why}; the robot was brought to its end state without it`);
    } catch (error) {
      note(`governor: ${why}; THE END STATE WAS NOT REACHED: ${(error as Error).message}`);
    }
  }
}
