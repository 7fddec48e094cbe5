import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { RobotDefinition } from "../../../robots/definition.ts";
import type { SupervisorConfig } from "../../ipc.ts";
import { stepSchema } from "../../step.ts";
import { motorEvents } from "../failures/motor-events.ts";
import type { RobotSettings } from "../robot-settings.ts";
import { type Account, accountFor } from "./account.ts";
import { type BlowCounts, Blows } from "./blows.ts";
import { Cast } from "./cast.ts";
import { type ChaosDisk, openDisk } from "./disk.ts";
import { recordedRows, storedRows } from "./kept.ts";
import { madeSteps } from "./made.ts";
import { Peaks } from "./memory.ts";
import { plan } from "./plan.ts";
import { type Rhythm, rhythmOf } from "./rhythm.ts";
import { CALM, RoughLine } from "./rough-line.ts";

export interface ChaosOptions {
  readonly definition: RobotDefinition;
  readonly settings: RobotSettings;
  readonly seed: number;
  /** No blow falls later, s. */
  readonly seconds: number;
  /** Or after so many kills. */
  readonly kills: number;
  /** From one blow to the next, on average. */
  readonly meanMs: number;
  /** One line for a person. */
  readonly note: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface ChaosResult {
  readonly robot: string;
  readonly seed: number;
  /** Until the last blow, s. */
  readonly seconds: number;
  /** From the last blow until the learner had every step, s; undefined: it never had. */
  readonly drainSeconds: number | undefined;
  readonly blows: BlowCounts;
  readonly connections: RoughLine["counts"];
  readonly starts: Cast["starts"];
  /** Why a disk could not be filled. */
  readonly skipped: readonly string[];
  readonly account: Account;
  readonly rhythm: Rhythm;
  readonly peakMb: Readonly<Record<string, number>>;
  /** Nothing lost, nothing doubled, nothing changed. */
  readonly holds: boolean;
  /** Where everything lies that was written, when it does not hold. */
  readonly evidence: string | undefined;
}

/** Quick to notice and to start again, so that many blows fit in a minute; nothing else differs from a run's defaults. */
const LINK = { batchMs: 20, aliveMs: 200, silentMs: 800, resendMs: 1500, flushMs: 8000, segmentMb: 0.25 };
const SUPERVISOR = { backoffMs: 50, backoffMaxMs: 400 };
const START_MS = 60_000;
const DRAIN_MS = 120_000;
const POLL_MS = 50;
const PEAK_MS = 2000;

/** Lets a robot and a learner run in real time, in processes and on disks of their own, strikes them, and counts what is left. */
export async function unleash(options: ChaosOptions): Promise<ChaosResult> {
  const { definition, settings, seed, note } = options;
  const directory = mkdtempSync(join(tmpdir(), "reverie-chaos-"));
  const paths = {
    motors: join(directory, "motors"),
    steps: join(directory, "steps"),
    clock: join(directory, "clock"),
  };
  const before = { ...process.env };
  process.env.REVERIE_MOTOR_TRACE = paths.motors;
  process.env.REVERIE_STEP_TRACE = paths.steps;
  process.env.REVERIE_TEST_CLOCK = paths.clock;
  writeFileSync(paths.clock, "0");
  const disks = { robot: openDisk(directory, "robot"), learner: openDisk(directory, "learner") };
  const proxy = await RoughLine.open();
  const peaks = new Peaks();
  let cast: Cast | undefined;
  let evidence: string | undefined;
  let watch: NodeJS.Timeout | undefined;
  try {
    const robot = robotConfig(settings, disks.robot.path, `tcp://127.0.0.1:${proxy.port}`);
    const running = new Cast({
      robot,
      learnerRun: disks.learner.path,
      onPort: (port) => {
        proxy.target = port;
      },
      note,
    });
    cast = running;
    watch = setInterval(() => {
      for (const [name, pid] of running.pids()) peaks.see(name, pid);
    }, PEAK_MS);
    const begun = await until(() => (running.status?.link?.acked ?? 0) > 0, START_MS, options.signal);
    if (!begun) throw new Error(`expected steps at the learner within ${START_MS / 1000} s, found none`);
    const blows = new Blows({ cast: running, proxy, disks, clockPath: paths.clock, note });
    const beganMs = performance.now();
    await strike(options, blows, beganMs);
    const seconds = (performance.now() - beganMs) / 1000;
    blows.heal();
    note("all is quiet: what is left goes to the learner");
    const healedMs = performance.now();
    const isDrained = (): boolean => {
      const { status } = running;
      return status?.state === "engaged" && status.link?.state === "connected" && status.link.spoolDepth < 64;
    };
    await until(isDrained, DRAIN_MS, options.signal);
    for (const [name, pid] of running.pids()) peaks.see(name, pid);
    const summary = await running.stop();
    cast = undefined;
    const drained = summary?.status.link !== undefined && summary.status.link.spoolDepth === 0;
    const schema = stepSchema(definition.spec, definition.task(settings.task));
    const account = accountFor(
      madeSteps(paths.steps),
      recordedRows(disks.robot.path, schema, note),
      storedRows(disks.learner.path, schema, note),
      blows.deaths,
    );
    const rhythm = rhythmOf(motorEvents(paths.motors), blows.disturbed, 1000 / definition.spec.servoRateHz);
    const { lost, duplicated, disordered, changed, unknown } = account;
    const holds = [lost, duplicated, disordered, changed, unknown].every((count) => count === 0) && account.stored > 0;
    if (!holds) {
      evidence = join(directory, "evidence");
      for (const [name, { path }] of Object.entries(disks)) cpSync(path, join(evidence, name), { recursive: true });
    }
    return {
      robot: settings.robot,
      seed,
      seconds,
      drainSeconds: drained || lost === 0 ? (performance.now() - healedMs) / 1000 : undefined,
      blows: blows.counts,
      connections: proxy.counts,
      starts: running.starts,
      skipped: Object.entries(disks).flatMap(([name, { unable }]) =>
        unable === undefined ? [] : [`the ${name}'s disk was never full: ${unable}`],
      ),
      account,
      rhythm,
      peakMb: peaks.mb,
      holds,
      evidence,
    };
  } finally {
    clearInterval(watch);
    proxy.weather = CALM;
    await cast?.stop();
    proxy.close();
    for (const disk of Object.values(disks) as ChaosDisk[]) disk.close();
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    if (evidence === undefined) rmSync(directory, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

async function strike(
  { seed, meanMs, seconds, kills, signal }: ChaosOptions,
  blows: Blows,
  beganMs: number,
): Promise<void> {
  for (const { afterMs, blow } of plan(seed, meanMs)) {
    const leftMs = beganMs + 1000 * seconds - performance.now();
    await until(() => false, Math.min(afterMs, leftMs), signal);
    if (leftMs <= afterMs || signal?.aborted || blows.kills >= kills) return;
    await blows.fall(blow);
  }
}

function robotConfig(settings: RobotSettings, run: string, learner: string): SupervisorConfig {
  const { link, supervisor } = settings.runtime;
  const runtime = { ...settings.runtime, link: { ...link, ...LINK }, supervisor: { ...supervisor, ...SUPERVISOR } };
  return { ...settings, clock: "realtime", runtime, run, learner, steps: 0 };
}

/** False when it did not come to be in that time, or somebody interrupted. */
async function until(is: () => boolean, withinMs: number, signal: AbortSignal | undefined): Promise<boolean> {
  for (const began = performance.now(); performance.now() - began < withinMs && !signal?.aborted; ) {
    if (is()) return true;
    await sleep(Math.min(POLL_MS, Math.max(1, withinMs - (performance.now() - began))));
  }
  return is();
}
