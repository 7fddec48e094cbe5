import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { PlannedRun } from "./planned-run.ts";
import type { Teaching } from "./schedule.ts";

const MAIN = fileURLToPath(new URL("../main.js", import.meta.url));

/** What a run that is under way says of itself. */
export interface Heard {
  readonly steps?: number;
  /** Reward per step, mean of the last 1000 steps. */
  readonly reward1000?: number;
}

/** `reverie teach` in a process of its own, for so many steps. */
export function spawnTeach(run: PlannedRun, left: number, onHeard: (heard: Heard) => void): Teaching {
  const args = [MAIN, "teach", ...run.arguments, "--steps", String(left), "--run", run.directory, "--json"];
  const child = spawn(process.execPath, args, {
    detached: true, // Ctrl-C of a terminal reaches the experiment alone, and it says what to do
    stdio: ["ignore", "pipe", "pipe"],
  });
  let lastError = "";
  eachLine(child.stdout, (line) => onHeard(hear(line)));
  eachLine(child.stderr, (line) => {
    if (line.trim() !== "") lastError = line.replace(/^reverie: /, "");
  });
  const ended = new Promise<string | undefined>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => {
      const how = signal === null ? `ended with code ${code}` : `ended by ${signal}`;
      resolve(code === 0 || signal === "SIGINT" ? undefined : lastError || how);
    });
  });
  return { ended, stop: () => void child.kill("SIGINT") };
}

function eachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) onLine(line);
  });
}

/** A line of `teach --json`; what is no such line says nothing. */
export function hear(line: string): Heard {
  try {
    const { type, steps, sequence, reward1000 } = JSON.parse(line);
    if (type === "robot") return { steps: sequence };
    return type === "learner" ? { steps, ...(reward1000 === undefined ? {} : { reward1000 }) } : {};
  } catch {
    return {};
  }
}
