import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import type { EmulatedBus } from "./emulated-bus.ts";

export interface ServedPty {
  /** What to open as a serial device. */
  readonly path: string;
  close(): Promise<void>;
}

/**
 * A bus behind a pseudo-terminal at `path`, made by socat. Throws where there is no socat. A fault's reported unplugging
 * ends the terminal as pulling an adapter does, and makes it anew.
 */
export async function servePty(bus: EmulatedBus, path: string): Promise<ServedPty> {
  let child = await startSocat(path, bus);
  let held = hold(path);
  let closed = false;
  bus.onBytes = (bytes) => void child?.stdin?.write(bytes);
  bus.onPlug = (plugged) => {
    if (!plugged) child?.kill();
    else if (!closed) {
      startSocat(path, bus).then(
        (next) => {
          child = next;
          closeSync(held);
          held = hold(path);
        },
        () => {},
      );
    }
  };
  return {
    path,
    close: async () => {
      closed = true;
      bus.close();
      closeSync(held);
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (child.kill()) await ended; // it takes its link away
    },
  };
}

/** A terminal ends when the last who had it open is gone: without this, with the first process that dies. Never read from. */
function hold(path: string): number {
  return openSync(path, constants.O_RDWR | constants.O_NOCTTY);
}

/** Whether there is a socat to be found. */
export async function hasSocat(): Promise<boolean> {
  const child = spawn("socat", ["-V"], { stdio: "ignore" });
  return new Promise((resolve) => {
    child.once("error", () => resolve(false));
    child.once("exit", (code) => resolve(code === 0));
  });
}

function startSocat(path: string, bus: EmulatedBus): Promise<ChildProcess> {
  const child = spawn("socat", ["-dd", `pty,raw,echo=0,link=${path},perm=0600`, "-"], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => {});
  child.stdout.on("data", (bytes) => bus.receive(bytes));
  return new Promise((resolve, reject) => {
    let said = "";
    child.once("error", (error) => reject(new Error(`pty: socat cannot be started: ${error.message}; install socat`)));
    child.once("exit", (code) => reject(new Error(`pty: socat ended with ${code}: ${said.trim()}`)));
    child.stderr.on("data", (text) => {
      said += text;
      if (said.includes("starting data transfer")) resolve(child);
    });
  });
}
