import { fork } from "node:child_process";
import type { Order } from "../governor/orders.ts";
import { childChannel, type SupervisorConfig } from "../ipc.ts";
import type { RobotStatus } from "./status.ts";
import { type FromSupervisor, NO_GOVERNOR, NO_LINK, type RobotSummary, type ToSupervisor } from "./status.ts";

export interface SupervisorHandle {
  readonly pid: number | undefined;
  /** Resolves when the robot has its processes and says where it stands for the first time. */
  readonly ready: Promise<void>;
  /** How it ended; never rejects. A supervisor that died itself has "failed". */
  readonly ended: Promise<RobotSummary>;
  /** To the governor: an emergency stop, a reset, a pause. */
  order(order: Order): void;
  /** Ends in order: the robot in its end state, its steps sent or spooled. May be called repeatedly. */
  stop(): Promise<RobotSummary>;
  /** Ends the supervisor at once; its processes bring the robot to its end state and end by themselves. */
  kill(): void;
}

export interface SupervisorHandlers {
  readonly onStatus?: (status: RobotStatus) => void;
  /** One line for a person. */
  readonly onNote?: (text: string) => void;
}

const ENTRY = new URL("../cli/process/supervisor.js", import.meta.url);

/** Starts the robot's processes under one of their own that only watches. Runs from the built files. */
export function forkSupervisor(
  config: SupervisorConfig,
  { onStatus = () => {}, onNote = () => {} }: SupervisorHandlers = {},
): SupervisorHandle {
  // Detached: Ctrl-C and Ctrl-Z of a terminal reach the command alone, and it says what to do.
  const child = fork(ENTRY, {
    execArgv: [],
    detached: true,
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const channel = childChannel<FromSupervisor, ToSupervisor>(child);
  let summary: RobotSummary | undefined;
  let status: RobotStatus = NO_STATUS;
  let lastWords = "";
  let becomeReady = (): void => {};
  const ready = new Promise<void>((resolve) => {
    becomeReady = resolve;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    for (const line of text.split("\n").filter((line) => line.trim() !== "")) {
      lastWords = line.trim();
      onNote(lastWords);
    }
  });
  channel.onMessage((message) => {
    if (message.type === "note") return onNote(message.text);
    if (message.type === "ended") {
      summary = message.summary;
      return;
    }
    status = message.status;
    becomeReady();
    onStatus(status);
  });
  const ended = new Promise<RobotSummary>((resolve) => {
    const end = (why: string): void => resolve(summary ?? { reason: "failed", failure: why, status });
    child.once("error", (error) => end(`supervisor: ${error.message}`));
    child.once("close", (code, signal) => end(`supervisor: ${signal ?? (lastWords || `exit code ${code}`)}`));
  });
  channel.send({ type: "start", config });
  return {
    pid: child.pid,
    ready,
    ended,
    order: (order) => channel.send({ type: "order", order }),
    stop: () => {
      channel.send({ type: "stop" });
      return ended;
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

const NO_STATUS: RobotStatus = {
  ...NO_GOVERNOR,
  link: NO_LINK,
  policyAgeSeconds: undefined,
  surprise: 0,
  answerMs: 0,
  restarts: { governor: 0, policy: 0, link: 0 },
  lostSteps: 0,
  lostImages: 0,
};
