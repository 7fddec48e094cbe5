import { isatty } from "node:tty";
import type { Attendant } from "../../../calibration/attendant.ts";
import { inForeground } from "../keyboard/foreground.ts";
import { Output } from "../output.ts";
import { UsageError } from "../usage-error.ts";

const COLUMNS = 100;
/** Of a terminal in raw mode. */
const CTRL_C = "\x03";
const FLUSH_MS = 1000;

/** Ended by whoever is at the machine. */
export class Interrupted extends Error {}

/** A terminal, or whatever reads the output where nobody presses Enter. Ctrl-C and SIGTERM abort `signal` until `close`. */
export class TerminalAttendant implements Attendant {
  readonly handsFree: boolean;
  readonly signal: AbortSignal;
  readonly #output = new Output(1);
  readonly #draws = isatty(1);
  readonly #controller = new AbortController();
  #entered = false;

  /** Throws where there is no terminal to press Enter in. */
  constructor(handsFree: boolean) {
    this.handsFree = handsFree;
    this.signal = this.#controller.signal;
    if (!handsFree && (!isatty(0) || !inForeground())) {
      throw new UsageError("calibrate: expected a terminal to press Enter in, found none; --yes goes on without");
    }
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, this.#interrupt);
    if (handsFree) return;
    process.on("exit", this.#restore);
    process.stdin.setRawMode(true);
    process.stdin.setEncoding("utf8");
    process.stdin.on("data", this.#take);
    process.stdin.resume();
  }

  get columns(): number {
    return process.stdout.columns || COLUMNS; // 0 in a terminal that nobody told its size
  }

  say(line: string): void {
    this.#output.line(line);
  }

  show(picture: readonly string[]): void {
    if (this.#draws) this.#output.draw(picture);
  }

  confirmed(): boolean {
    const was = this.#entered;
    this.#entered = false;
    return was;
  }

  async close(): Promise<void> {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.off(signal, this.#interrupt);
    if (!this.handsFree) {
      this.#restore();
      process.off("exit", this.#restore);
      process.stdin.off("data", this.#take);
      process.stdin.pause();
    }
    await this.#output.flush(FLUSH_MS);
  }

  readonly #interrupt = (): void => this.#controller.abort(new Interrupted("interrupted"));

  readonly #restore = (): void => {
    try {
      process.stdin.setRawMode(false);
    } catch {
      // the terminal is gone, and nobody is left to type in it
    }
  };

  readonly #take = (text: string): void => {
    if (text.includes(CTRL_C)) this.#interrupt();
    else if (/[\r\n]/.test(text)) this.#entered = true;
  };
}
