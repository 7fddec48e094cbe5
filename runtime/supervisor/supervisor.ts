import type { Order } from "../governor/orders.ts";
import type { FromGovernor, FromLink, FromPolicy, GovernorReport, SupervisorConfig, ToLink, ToPolicy } from "../ipc.ts";
import { Child } from "./child.ts";
import { type Beginning, GovernorKeeper } from "./governor-keeper.ts";
import { QuestionGate } from "./question-gate.ts";
import type { FromSupervisor, RobotStatus, RobotSummary } from "./status.ts";
import { StatusBoard } from "./status-board.ts";
import { StepFeed } from "./step-feed.ts";

export interface SupervisorOptions {
  readonly config: SupervisorConfig;
  readonly entries: Readonly<Record<"governor" | "policy" | "link" | "relaxer", URL>>;
  readonly send: (event: FromSupervisor) => void;
}

/** Runs a robot's processes, passes their messages on, and outlives each of them. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #governor: GovernorKeeper;
  readonly #policy: Child<FromPolicy, ToPolicy>;
  /** None where nobody learns. */
  readonly #link: Child<FromLink, ToLink> | undefined;
  readonly #questions: QuestionGate;
  readonly #steps: StepFeed;
  readonly #board: StatusBoard;
  readonly #timer: NodeJS.Timeout;
  /** Number of this session's first step. */
  #first: number | undefined;
  /** Number and episode of the step that comes next. */
  #sequence = 0;
  #episode = 0;
  #permit = 0;
  #stopping: Promise<void> | undefined;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    const { config, entries, send } = options;
    const learns = config.play === undefined;
    this.#board = new StatusBoard(learns);
    const report = (text: string): void => this.#note(text);
    this.#steps = new StepFeed(config.runtime.supervisor, (step) => this.#link?.send(step), report);
    this.#questions = new QuestionGate((question) => this.#policy.send({ type: "question", question }));
    if (learns) this.#link = this.#makeLink();
    this.#policy = this.#makePolicy();
    this.#governor = new GovernorKeeper({
      config,
      entries,
      onMessage: (message) => this.#fromGovernor(message),
      beginning: () => this.#beginning(),
      allTaken: () => config.steps > 0 && this.#taken >= config.steps,
      onEnd: (reason, failure) => void this.stop(reason, failure),
      onFault: () => this.#board.fault(),
      note: (text) => this.#note(text),
    });
    const { statusMs } = config.runtime.supervisor;
    this.#timer = setInterval(() => send({ type: "status", status: this.#status() }), statusMs);
  }

  /** Policy and governor load meanwhile, but get their orders when the link knows which number the next step has. */
  start(): void {
    this.#link?.start();
    this.#policy.start();
    this.#governor.start();
    if (this.#link === undefined) this.#begin(0, 0, Number.MAX_SAFE_INTEGER);
  }

  order(order: Order): void {
    this.#governor.order(order);
  }

  /** Governor first, so that the robot is in its end state; then what it did goes to the learner; then the rest. */
  stop(reason: RobotSummary["reason"] = "stopped", failure?: string): Promise<void> {
    this.#stopping ??= this.#stop(reason, failure);
    return this.#stopping;
  }

  async #stop(reason: RobotSummary["reason"], failure: string | undefined): Promise<void> {
    const { config, send } = this.#options;
    const { stopMs } = config.runtime.supervisor;
    await this.#governor.stop(stopMs);
    this.#steps.flush();
    await this.#link?.stop({ type: "stop" }, config.runtime.link.flushMs + stopMs);
    await this.#policy.stop({ type: "stop" }, stopMs);
    await this.#governor.dismiss(stopMs);
    clearInterval(this.#timer);
    send({ type: "ended", summary: { reason, failure, status: this.#status() } });
  }

  /** Taken in this session. */
  get #taken(): number {
    return this.#sequence - (this.#first ?? 0);
  }

  #makeLink(): Child<FromLink, ToLink> {
    const { config, entries } = this.#options;
    const link: Child<FromLink, ToLink> = new Child({
      name: "link",
      entry: entries.link,
      settings: config.runtime.supervisor,
      report: (text) => this.#note(text),
      onMessage: (message) => this.#fromLink(message),
      onStart: () => link.send({ type: "start", config, resumed: this.#first !== undefined }),
      onDeath: async (cause) => {
        this.#steps.close();
        this.#board.linkGone();
        return this.#worthAnother("link", cause, this.#first === undefined && link.hopeless);
      },
    });
    return link;
  }

  #makePolicy(): Child<FromPolicy, ToPolicy> {
    const { config, entries } = this.#options;
    const policy: Child<FromPolicy, ToPolicy> = new Child({
      name: "policy",
      entry: entries.policy,
      settings: config.runtime.supervisor,
      report: (text) => this.#note(text),
      onMessage: (message) => this.#fromPolicy(message),
      onStart: () => this.#startPolicy(),
      onDeath: async (cause) => {
        this.#governor.send({ type: "policyGone" });
        const neverActed = config.play !== undefined && this.#board.policyVersion === 0;
        return this.#worthAnother("policy", cause, neverActed && policy.hopeless);
      },
    });
    return policy;
  }

  #fromGovernor(message: Exclude<FromGovernor, { type: "alive" | "failed" }>): void {
    if (message.type === "question") this.#questions.ask(message.question);
    else if (message.type === "step") {
      this.#sequence = message.sequence + 1;
      this.#episode = message.episode;
      if (this.#link !== undefined) this.#steps.push(message);
    } else if (message.type === "note") this.#options.send(message);
    else if (message.type === "mark") {
      const kept = this.#link === undefined ? "; nothing is kept" : "";
      this.#note(`step ${message.sequence} ends its episode: ${message.mark}${kept}`);
    } else if (this.#board.governor(message.status)) {
      this.#options.send({ type: "status", status: this.#status() });
      this.#passFault(message.status);
    }
  }

  /** Perhaps the policy brought the machine to it: the link keeps those of before. */
  #passFault({ state, standstill }: GovernorReport): void {
    if (state !== "fault" || standstill === undefined) return;
    this.#link?.send({ type: "fault", cause: standstill.cause, text: standstill.text });
  }

  #fromPolicy(message: FromPolicy): void {
    if (message.type === "answer") {
      this.#governor.send(message);
      this.#questions.answered();
    } else if (message.type === "status") this.#board.policy(message);
    else if (message.type === "note") this.#options.send(message);
    else {
      if (message.type === "acting") this.#board.acting(message);
      this.#link?.send(message);
    }
  }

  #fromLink(message: FromLink): void {
    if (message.type === "opened") {
      this.#steps.open(message.sequence);
      if (this.#first === undefined) this.#begin(message.sequence, message.episode, this.#permit);
    } else if (message.type === "written") this.#steps.written(message.through);
    else if (message.type === "permit") {
      this.#permit = Math.max(this.#permit, message.through);
      this.#governor.send(message);
    } else if (message.type === "swap") this.#policy.send(message);
    else if (message.type === "refused") void this.stop("refused", `the learner refused this robot: ${message.reason}`);
    else if (message.type === "note") this.#options.send(message);
    else this.#board.link(message.status);
  }

  /** The next step has these numbers; in lockstep, those below `permit` may be taken. */
  #begin(sequence: number, episode: number, permit: number): void {
    this.#first = sequence;
    this.#sequence = sequence;
    this.#episode = episode;
    this.#permit = permit;
    this.#startPolicy();
    this.#governor.begin();
  }

  #startPolicy(): void {
    if (this.#first === undefined) return;
    this.#policy.send({ type: "start", config: this.#options.config, sequence: this.#sequence });
    this.#questions.restart();
  }

  #beginning(): Beginning | undefined {
    const { config } = this.#options;
    if (this.#first === undefined) return undefined;
    return {
      sequence: this.#sequence,
      episode: this.#episode + (this.#taken > 0 ? 1 : 0),
      steps: config.steps === 0 ? 0 : config.steps - this.#taken,
      permit: this.#permit,
    };
  }

  #worthAnother(name: string, cause: string, hopeless: boolean): boolean {
    if (hopeless) void this.stop("failed", `${name}: ${cause}`);
    return !hopeless;
  }

  #note(text: string): void {
    this.#options.send({ type: "note", text });
  }

  #status(): RobotStatus {
    return this.#board.status({
      sequence: this.#sequence,
      steps: this.#taken,
      restarts: {
        governor: this.#governor.restarts,
        policy: this.#policy.restarts,
        link: this.#link?.restarts ?? 0,
      },
      lostSteps: this.#steps.lost,
      lostImages: this.#steps.lostImages,
    });
  }
}
