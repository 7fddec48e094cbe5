import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SupervisorConfig } from "../../ipc.ts";
import { forkSupervisor, type SupervisorHandle } from "../../supervisor/fork.ts";
import type { RobotStatus } from "../../supervisor/status.ts";
import type { RobotSettings } from "../robot-settings.ts";
import { childrenOf, endAtOnce, isThere } from "./family.ts";
import { firstEndState, longestSilenceMs, motorEvents } from "./motor-events.ts";
import { quickLearner } from "./quick-learner.ts";
import type { Cause, How } from "./ways.ts";

/** What came of one failure. */
export interface Outcome {
  /** The first end state the motors were told; undefined: the robot went on. */
  readonly endState: string | undefined;
  /** From the failure to the end state; of a robot that went on, the longest time without a command. */
  readonly ms: number;
  /** Servo ticks missed and policy ticks without an answer, in the seconds around it. */
  readonly missedTicks: number;
  readonly starvedTicks: number;
}

/** A robot that goes on is watched for so long. */
const WATCH_MS = 2000;
/** An end state is waited for so long; running out of memory takes its time. */
const PATIENCE_MS: Readonly<Record<How, number>> = {
  kill: 5000,
  stop: 5000,
  busy: 5000,
  throw: 5000,
  memory: 30_000,
  read: 5000,
  write: 5000,
};
/** The robot has moved so long before it is disturbed, within `START_MS`. */
const STEADY_MS = 500;
const START_MS = 30_000;
const POLL_MS = 20;
/** Statuses come once a second, from a robot that is there. */
const STATUS_MS = 3000;
const END_MS = 8000;
/** MB of heap after which a process is out of memory. */
const HEAP_MB = 256;
/** Nobody listens there. */
const NOWHERE = "tcp://127.0.0.1:9";

/** Starts a robot in its own processes and a directory of its own, lets one fail unless `how` is undefined, ends them all. */
export async function trial(settings: RobotSettings, cause: Cause, how: How | undefined): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), "reverie-failures-"));
  const before = { ...process.env };
  const paths = { trace: join(directory, "motors"), fault: join(directory, "fault") };
  process.env.REVERIE_MOTOR_TRACE = paths.trace;
  process.env.REVERIE_TEST_FAULTS = paths.fault;
  process.env.NODE_OPTIONS = `--max-old-space-size=${HEAP_MB}`;
  const statuses: RobotStatus[] = [];
  const notes: string[] = [];
  const learner = cause === "learner" ? quickLearner(directory) : undefined;
  let robot: SupervisorHandle | undefined;
  let family: readonly number[] = [];
  try {
    const endpoint = learner === undefined ? NOWHERE : await learner.endpoint;
    robot = forkSupervisor(robotConfig(settings, directory, endpoint), {
      onStatus: (status) => statuses.push(status),
      onNote: (text) => notes.push(text),
    });
    const moves = async (): Promise<void> => {
      if (await steady(paths.trace, () => statuses.at(-1)?.state === "fault")) return;
      throw new Error(`expected a robot that moves within ${START_MS} ms, found none: ${notes.slice(-5).join("; ")}`);
    };
    await moves();
    if (learner !== undefined) await Promise.race([learner.learning, late()]); // of the steps of a robot that moves
    const begin = performance.now();
    do {
      if (performance.now() - begin > START_MS)
        throw new Error(`expected a robot that goes on moving, found one that does not`);
      await moves();
      await next(statuses);
    } while (motorEvents(paths.trace).at(-1)?.what !== "command");
    family = [...childrenOf(robot.pid!).values()];
    const pid = cause === "nothing" || how === undefined ? undefined : pidOf(cause, robot.pid!);
    const start = statuses.at(-1)!;
    const fromNs = process.hrtime.bigint();
    if (pid !== undefined && how !== undefined) fail(pid, how, paths.fault);
    try {
      return await outcome(paths.trace, fromNs, cause, how, start, statuses);
    } finally {
      if (pid !== undefined) endAtOnce(pid);
    }
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    if (robot !== undefined) await end(robot, family);
    await learner?.end();
    rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

async function late(): Promise<never> {
  await sleep(START_MS, undefined, { ref: false });
  throw new Error(`expected a learner that learns within ${START_MS} ms, found none`);
}

function robotConfig(settings: RobotSettings, run: string, learner: string): SupervisorConfig {
  const { link, supervisor } = settings.runtime;
  const runtime = {
    ...settings.runtime,
    link: { ...link, flushMs: 0 },
    supervisor: { ...supervisor, stopMs: Math.min(supervisor.stopMs, 2000) },
  };
  return { ...settings, clock: "realtime", runtime, run, learner, steps: 0 };
}

function pidOf(cause: Exclude<Cause, "nothing">, supervisor: number): number {
  if (cause === "supervisor") return supervisor;
  const name = cause === "driver" ? "governor" : cause;
  const pid = childrenOf(cause === "learner" ? process.pid : supervisor).get(name);
  if (pid === undefined) throw new Error(`expected a process ${name}, found none`);
  return pid;
}

function fail(pid: number, how: How, faultFile: string): void {
  if (how === "kill") process.kill(pid, "SIGKILL");
  else if (how === "stop") process.kill(pid, "SIGSTOP");
  else {
    writeFileSync(faultFile, how);
    process.kill(pid, "SIGUSR2");
  }
}

async function outcome(
  trace: string,
  fromNs: bigint,
  cause: Cause,
  how: How | undefined,
  start: RobotStatus,
  statuses: readonly RobotStatus[],
): Promise<Outcome> {
  const goesOn = how === undefined || cause === "link" || cause === "learner" || cause === "nothing";
  const patienceMs = goesOn ? WATCH_MS : PATIENCE_MS[how];
  const toNs = fromNs + BigInt(patienceMs) * 1_000_000n;
  let found: ReturnType<typeof firstEndState>;
  while (found === undefined && process.hrtime.bigint() < toNs) {
    await sleep(POLL_MS);
    found = firstEndState(motorEvents(trace), fromNs);
  }
  if (goesOn) await next(statuses);
  const { missedTicks, starvedTicks } = statuses.at(-1)!;
  const counts = { missedTicks: missedTicks - start.missedTicks, starvedTicks: starvedTicks - start.starvedTicks };
  if (found !== undefined) return { endState: found.what, ms: Number(found.timeNs - fromNs) / 1e6, ...counts };
  return { endState: undefined, ms: longestSilenceMs(motorEvents(trace), fromNs, toNs), ...counts };
}

/** Waits, not for ever or when it is `hopeless`, until the motors were commanded, and told nothing else, all through the last `STEADY_MS`. */
async function steady(trace: string, hopeless: () => boolean): Promise<boolean> {
  const begin = performance.now();
  const steadyNs = BigInt(STEADY_MS) * 1_000_000n;
  while (performance.now() - begin < START_MS && !hopeless()) {
    await sleep(POLL_MS);
    const fromNs = process.hrtime.bigint() - steadyNs;
    const events = motorEvents(trace);
    const recent = events.filter(({ timeNs }) => timeNs > fromNs);
    const old = events.some(({ timeNs, what }) => timeNs <= fromNs && what === "command");
    if (old && recent.length > 0 && recent.every(({ what }) => what === "command")) return true;
  }
  return false;
}

/** Waits for the next status, which comes about once a second, or not at all from a robot that is gone. */
async function next(statuses: readonly RobotStatus[]): Promise<void> {
  const count = statuses.length;
  for (let waited = 0; statuses.length === count && waited < STATUS_MS; waited += POLL_MS) await sleep(POLL_MS);
}

/** In order where the supervisor still can; whatever is left then is ended at once. */
async function end(robot: SupervisorHandle, family: readonly number[]): Promise<void> {
  const timer = setTimeout(() => robot.kill(), END_MS);
  await robot.stop();
  clearTimeout(timer);
  for (let waited = 0; family.some(isThere) && waited < END_MS; waited += POLL_MS) await sleep(POLL_MS);
  family.forEach(endAtOnce);
}
