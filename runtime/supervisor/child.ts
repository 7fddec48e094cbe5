import { type ChildProcess, fork } from "node:child_process";
import type { RUNTIME_DEFAULTS } from "../defaults.ts";
import { type Channel, childChannel } from "../ipc.ts";

export interface ChildOptions<FromChild> {
  readonly name: string;
  readonly entry: URL;
  /** Options of Node for this process alone. */
  readonly nodeOptions?: readonly string[];
  readonly settings: typeof RUNTIME_DEFAULTS.supervisor;
  readonly onMessage: (message: FromChild) => void;
  /** A process has been started, the first or another: give it its orders. */
  readonly onStart: () => void;
  /** It died unasked; every message it sent has been heard. Says whether to start another. */
  readonly onDeath: (cause: string) => Promise<boolean>;
  readonly report: (line: string) => void;
  /** How long it may say nothing just now; by default the setting `hangMs`. */
  readonly hangMs?: () => number;
  /** Whether a message shows that what the process is there for goes on; by default each does. */
  readonly isLife?: (message: FromChild) => boolean;
  /** How often that is looked at. */
  readonly watchMs?: number;
}

/** One that died younger than this died "soon". */
const YOUNG_MS = 10_000;
/** A process that dies soon so often in a row would do so for ever. */
const HOPELESS = 3;
/** Until its first message a process may load what it needs. */
const LOADING_MS = 60_000;
const WATCH_MS = 500;

/** A process that is kept running: started again when it dies or says nothing, with growing pauses. */
export class Child<FromChild, ToChild> {
  readonly #options: ChildOptions<FromChild>;
  #process: ChildProcess | undefined;
  #channel: Channel<FromChild, ToChild> | undefined;
  #gone: Promise<void> = Promise.resolve();
  #watch: NodeJS.Timeout | undefined;
  #pause: NodeJS.Timeout | undefined;
  #stopping = false;
  /** Deaths in a row that followed soon on a start. */
  #soonInRow = 0;
  #restarts = 0;

  constructor(options: ChildOptions<FromChild>) {
    this.#options = options;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Whether it died soon so often in a row that it would do so for ever. */
  get hopeless(): boolean {
    return this.#soonInRow >= HOPELESS;
  }

  start(): void {
    const { entry, nodeOptions = [], onMessage, onStart, report, name, settings, watchMs = WATCH_MS } = this.#options;
    const { hangMs = () => settings.hangMs, isLife = () => true } = this.#options;
    const child = fork(entry, {
      execArgv: [...nodeOptions], // never our own: with --eval each process would start itself again, and its children too
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    const born = performance.now();
    let lastWords = "";
    let heard = born + LOADING_MS;
    let why = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      for (const line of text.split("\n").filter((line) => line.trim() !== "")) {
        lastWords = line.trim();
        report(`${name}: ${lastWords}`);
      }
    });
    child.on("error", (error) => {
      lastWords = error.message;
    });
    this.#process = child;
    this.#channel = childChannel(child);
    this.#channel.onMessage((message) => {
      if (isLife(message)) heard = performance.now();
      onMessage(message);
    });
    let watched = born;
    this.#watch = setInterval(() => {
      const now = performance.now();
      if (now - watched > 4 * watchMs) heard = Math.max(heard, now); // this process itself, or the whole machine, was asleep
      watched = now;
      const limitMs = hangMs();
      if (why !== "" || now - heard < limitMs) return;
      why = `said nothing for ${limitMs} ms`;
      child.kill("SIGKILL");
    }, watchMs);
    this.#gone = goneFor(child).then(({ code, signal }) => {
      clearInterval(this.#watch);
      this.#channel = undefined;
      this.#process = undefined;
      this.#soonInRow = performance.now() - born < YOUNG_MS ? this.#soonInRow + 1 : 0;
      if (!this.#stopping) void this.#died(why || (signal ? `ended by ${signal}` : lastWords || `exit code ${code}`));
    });
    onStart();
  }

  /** Nothing happens when there is no process just now. */
  send(message: ToChild): void {
    this.#channel?.send(message);
  }

  /** Sends the order to end and waits; kills it after `timeoutMs`. Says whether it ended by itself, or was not there. */
  async stop(order: ToChild, timeoutMs: number): Promise<boolean> {
    this.#stopping = true;
    clearTimeout(this.#pause);
    const child = this.#process;
    if (child === undefined) return true;
    this.send(order);
    let killed = false;
    const timer = setTimeout(() => {
      killed = true;
      child.kill("SIGKILL");
    }, timeoutMs);
    await this.#gone;
    clearTimeout(timer);
    return !killed;
  }

  async #died(cause: string): Promise<void> {
    const { name, settings, onDeath, report } = this.#options;
    const again = await onDeath(cause);
    if (!again || this.#stopping) return;
    const pauseMs = Math.min(settings.backoffMs * 2 ** Math.max(0, this.#soonInRow - 1), settings.backoffMaxMs);
    report(`${name} died (${cause}): starting it again`);
    this.#restarts++;
    this.#pause = setTimeout(() => this.start(), pauseMs);
  }
}

/** Exit alone is not the end: messages may still lie in the pipe. */
async function goneFor(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  const disconnected = new Promise<void>((resolve) => child.once("disconnect", resolve));
  const { code, signal } = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", () => {
      if (child.pid === undefined) resolve({ code: 1, signal: null });
    });
  });
  if (child.connected) await disconnected;
  return { code, signal };
}
