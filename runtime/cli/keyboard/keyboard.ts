import type { ReadStream } from "node:tty";
import type { Gesture } from "../../../robots/definition.ts";
import { type Command, commandOf, urgentCommands } from "./command.ts";

export type KeyInput = Pick<ReadStream, "setRawMode" | "on" | "off" | "pause" | "resume" | "setEncoding" | "unref">;

export interface KeyboardOptions {
  readonly input: KeyInput;
  readonly gestures: readonly Gesture[];
  readonly onCommand: (command: Command) => void;
  /** Several keys came at once, as pasted text does: nothing was done with them. */
  readonly onSeveral: () => void;
  /** The terminal is no more. */
  readonly onGone: () => void;
}

/** A key counts when no other comes so shortly before or after it; a key that is held repeats faster. */
const ALONE_MS = 100;
/** More than a key sends; the rest of pasted text need not be kept. */
const MOST_KEPT = 64;

/**
 * A terminal read key by key, without echo, until `close`; the terminal is as it was after it, and after whatever else ends
 * this process, SIGKILL aside. Text that is pasted, a key that is held and the sequences of function keys order nothing, but a
 * space anywhere is an emergency stop.
 */
export class Keyboard {
  readonly #options: KeyboardOptions;
  #kept = "";
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: KeyboardOptions) {
    const { input } = options;
    this.#options = options;
    process.on("exit", this.#restore);
    input.setRawMode(true);
    input.setEncoding("utf8");
    input.on("data", this.#take);
    input.on("end", this.#gone);
    input.on("error", this.#gone);
    input.resume();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const { input } = this.#options;
    clearTimeout(this.#timer);
    this.#restore();
    process.off("exit", this.#restore);
    input.off("data", this.#take);
    input.off("end", this.#gone);
    input.pause();
    input.unref();
  }

  readonly #restore = (): void => {
    try {
      this.#options.input.setRawMode(false);
    } catch {
      // the terminal is gone, and nobody is left to type in it
    }
  };

  readonly #gone = (): void => {
    if (!this.#closed) this.#options.onGone();
  };

  readonly #take = (chunk: string): void => {
    for (const command of urgentCommands(chunk)) this.#options.onCommand(command);
    this.#kept = (this.#kept + chunk).slice(0, MOST_KEPT);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#judge(), ALONE_MS);
  };

  #judge(): void {
    const { gestures, onCommand, onSeveral } = this.#options;
    const text = this.#kept;
    this.#kept = "";
    const command = commandOf(text, gestures);
    if (command !== undefined && urgentCommands(text).length === 0) onCommand(command);
    else if ([...text].length > 1 && !text.startsWith("\x1b")) onSeveral();
  }
}
