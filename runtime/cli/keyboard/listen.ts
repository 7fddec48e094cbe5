import { isatty } from "node:tty";
import type { Screen } from "../screen.ts";
import { type Command, keyLines } from "./command.ts";
import type { Controls } from "./controls.ts";
import { inForeground } from "./foreground.ts";
import { Keyboard } from "./keyboard.ts";
import { LineReader } from "./line-reader.ts";
import { orderOf } from "./order-line.ts";

export interface Listening {
  /** Ends in order; nothing more when asked again. */
  readonly stop: () => void;
  /** As Ctrl-C: asked again, ends at once. */
  readonly interrupt: () => void;
  /** As Ctrl-Z. */
  readonly suspend: () => void;
}

/**
 * Hears what people at the machine want: keys where a terminal is, orders as lines of JSON where none is or JSON is what
 * goes out, and SIGUSR2 as the emergency stop. Returns what ends it and gives the terminal back.
 */
export function listen(controls: Controls, screen: Screen, { stop, interrupt, suspend }: Listening): () => void {
  controls.onChange = (now) => screen.atTheMachine(now);
  const onCommand = (command: Command): void => {
    if (command.type === "stop") stop();
    else if (command.type === "interrupt") interrupt();
    else if (command.type === "suspend") suspend();
    else if (command.type === "help") screen.say(keyLines(controls.gestures));
    else controls.carryOut(command);
  };
  const onSignal = (): void => controls.order({ type: "estop", from: "SIGUSR2" });
  process.on("SIGUSR2", onSignal);
  const ears = isatty(0) && !screen.json ? keyboard(onCommand) : lines();
  return () => {
    ears?.close();
    process.off("SIGUSR2", onSignal);
  };

  function keyboard(onCommand: (command: Command) => void): Keyboard | undefined {
    if (!inForeground()) {
      screen.note(`no keys are heard in the background; kill -USR2 ${process.pid} is the emergency stop`);
      return undefined;
    }
    screen.hasKeys();
    return new Keyboard({
      input: process.stdin,
      gestures: controls.gestures,
      onCommand,
      onSeveral: () => screen.note("several keys at once: nothing was done; ? says what each does"),
      onGone: stop,
    });
  }

  function lines(): LineReader {
    return new LineReader(process.stdin, (line) => {
      try {
        controls.order(orderOf(line, controls));
      } catch (error) {
        screen.note(`standard input: ${(error as Error).message}`);
      }
    });
  }
}
