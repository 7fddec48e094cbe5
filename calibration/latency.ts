import type { Clock } from "../runtime/clock.ts";
import type { Driver, RobotSpec } from "../runtime/robot.ts";
import type { LatencySettings } from "./defaults.ts";
import { medianAndP90 } from "./numbers.ts";

/** From the moment a command is sent until a sample shows the joint moved. */
export interface JointLatency {
  readonly joint: string;
  /** ms */
  readonly median: number;
  readonly p90: number;
  readonly trials: number;
}

export function orderedLatency({ joint, median, p90, trials }: JointLatency): JointLatency {
  return { joint, median, p90, trials };
}

export function parseLatency(value: unknown, fail: (what: string) => never): JointLatency {
  const { joint, median, p90, trials } = (value ?? {}) as JointLatency;
  const holds = typeof joint === "string" && [median, p90, trials].every((each) => Number.isFinite(each) && each >= 0);
  return holds
    ? { joint, median, p90, trials }
    : fail(`latency: expected joint, median, p90 and trials, found ${JSON.stringify(value)}`);
}

export interface LatencyOptions {
  readonly driver: Driver;
  readonly spec: RobotSpec;
  readonly clock: Clock;
  readonly settings: LatencySettings;
  readonly signal: AbortSignal;
  readonly onJoint?: (latency: JointLatency) => void;
}

/**
 * Steps one joint after the other by a little, to either side in turn, and measures how soon a sample shows it. The driver is
 * open; every other joint holds its place, no target leaves the limits, and everything is let go at the end, whatever happens.
 * Throws on a joint that does not move.
 */
export async function measureLatency(options: LatencyOptions): Promise<readonly JointLatency[]> {
  const { driver, spec, onJoint, signal } = options;
  const start = Float64Array.from((await driver.read()).position);
  for (const [i, { name, min, max }] of spec.joints.entries()) {
    if (start[i]! >= min && start[i]! <= max) continue;
    throw new Error(
      `${spec.name}: ${name}: expected it within its limits, ${min.toFixed(2)} to ${max.toFixed(2)} rad, found ${start[i]!.toFixed(2)}; move it there by hand`,
    );
  }
  const found: JointLatency[] = [];
  try {
    for (const joint of spec.joints.keys()) {
      const times: number[] = [];
      for (let trial = 0; trial < options.settings.trials; trial++) {
        signal.throwIfAborted();
        times.push(await step(options, start, joint, trial));
      }
      const latency = { joint: spec.joints[joint]!.name, ...medianAndP90(times), trials: times.length };
      found.push(latency);
      onJoint?.(latency);
    }
  } finally {
    await driver.relax("limp");
  }
  return found;
}

/** One step and back, ms. */
async function step(
  { driver, spec, clock, settings, signal }: LatencyOptions,
  start: Float64Array,
  joint: number,
  trial: number,
) {
  const { min, max, softMargin, name } = spec.joints[joint]!;
  const wanted = trial % 2 === 0 ? settings.step : -settings.step;
  // Where one side has no room the other has.
  const fits = (to: number): boolean => to >= min + softMargin && to <= max - softMargin;
  const to = [start[joint]! + wanted, start[joint]! - wanted].find(fits);
  if (to === undefined)
    throw new Error(`${spec.name}: ${name}: expected room for ${settings.step} rad within its limits, found none`);
  const send = async (position: number): Promise<void> => {
    const target = start.slice();
    target[joint] = position;
    await driver.write({
      position: target,
      kp: Float64Array.from(spec.joints, ({ kp }) => kp),
      kd: Float64Array.from(spec.joints, ({ kd }) => kd),
    });
  };
  /** Holds `position` for as long as it takes to settle; returns where the joint then is. */
  const settle = async (position: number): Promise<number> => {
    const until = clock.now() + BigInt(Math.round(settings.settleSeconds * 1e9));
    for (;;) {
      signal.throwIfAborted();
      await send(position);
      const at = (await driver.read()).position[joint]!;
      if (clock.now() >= until) return at;
      await clock.sleepUntil(clock.now() + BigInt(Math.round(1e9 / spec.servoRateHz)));
    }
  };
  const from = await settle(start[joint]!);
  const sent = clock.now();
  await send(to);
  for (;;) {
    signal.throwIfAborted();
    const at = (await driver.read()).position[joint]!;
    const now = clock.now();
    if (Math.abs(at - from) >= settings.moved) return Number(now - sent) / 1e6;
    if (Number(now - sent) / 1e9 > settings.timeoutSeconds) {
      throw new Error(
        `${spec.name}: ${name}: expected it to move ${settings.moved} rad within ${settings.timeoutSeconds} s of a step by ${settings.step}, found it still; is something in its way?`,
      );
    }
    await clock.sleepUntil(now + 200_000n);
  }
}
