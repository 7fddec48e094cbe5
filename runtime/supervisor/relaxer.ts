import type { FromRelaxer, SupervisorConfig, ToRelaxer } from "../ipc.ts";
import type { EndState } from "../robot.ts";
import { Child } from "./child.ts";

export interface RelaxerOptions {
  readonly config: SupervisorConfig;
  readonly entry: URL;
  readonly report: (line: string) => void;
}

interface Order {
  readonly done: (end: EndState) => void;
  readonly failed: (error: Error) => void;
}

/** A process that stands by to bring the machine to its end state; started again whenever it dies, and told again. */
export class Relaxer {
  readonly #child: Child<FromRelaxer, ToRelaxer>;
  readonly #timeoutMs: number;
  /** Resolves when it stands by, or has said why it cannot. */
  readonly ready: Promise<void>;
  #becomeReady = (): void => {};
  #started = false;
  /** The machine is to be in its end state, and this process is to see to it. */
  #wanted = false;
  #order: Order | undefined;

  constructor({ config, entry, report }: RelaxerOptions) {
    const settings = config.runtime.supervisor;
    this.#timeoutMs = settings.relaxMs;
    this.ready = new Promise((resolve) => {
      this.#becomeReady = resolve;
    });
    this.#child = new Child<FromRelaxer, ToRelaxer>({
      name: "relaxer",
      entry,
      settings,
      report,
      onMessage: (message) => this.#heard(message),
      onStart: () => {
        this.#child.send({ type: "start", config });
        if (this.#wanted) this.#child.send({ type: "relax" });
      },
      onDeath: async () => true,
    });
  }

  /** Stands by from now on; without, the process is started when it is needed. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#child.start();
  }

  /** Resolves when the machine is in its end state, to which it is. Rejects when that fails or takes longer than `relaxMs`. */
  relax(): Promise<EndState> {
    this.#wanted = true;
    if (this.#started) this.#child.send({ type: "relax" });
    else this.start();
    return new Promise<EndState>((resolve, reject) => {
      const late = (): void => this.#order?.failed(new Error(`not done after ${this.#timeoutMs} ms`));
      const timer = setTimeout(late, this.#timeoutMs);
      const settled = (): void => {
        clearTimeout(timer);
        this.#order = undefined;
      };
      this.#order = {
        done: (end) => {
          settled();
          resolve(end);
        },
        failed: (error) => {
          settled();
          reject(error);
        },
      };
    });
  }

  /** Lets go of the machine, which somebody else is about to open. */
  release(): void {
    if (!this.#wanted) return;
    this.#wanted = false;
    this.#child.send({ type: "release" });
  }

  async stop(timeoutMs: number): Promise<void> {
    this.#wanted = false;
    await this.#child.stop({ type: "stop" }, timeoutMs);
  }

  #heard(message: FromRelaxer): void {
    this.#becomeReady();
    if (message.type === "relaxed") this.#order?.done(message.end);
    else if (message.type === "failed") this.#order?.failed(new Error(message.reason));
  }
}
