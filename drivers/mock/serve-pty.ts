import { type ChildProcess, spawn } from "node:child_process";
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
  let closed = false;
  bus.onBytes = (bytes) => void child?.stdin?.write(bytes);
  bus.onPlug = (plugged) => {
    if (!plugged) child?.kill();
    else if (!closed) {
      startSocat(path, bus).then(
        (next) => {
          child = next;
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
      child.kill();
    },
  };
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
