import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { REACHER } from "../../../robots/reacher/reacher.ts";
import { robotDefaults } from "../../../runtime/cli/robot-settings.ts";

/** Real processes run from the built files only. */
const BUILT = new URL("../../../dist/runtime/cli/failures/trial.js", import.meta.url).href;
const { trial } = (await import(BUILT)) as typeof import("../../../runtime/cli/failures/trial.ts");

const defaults = robotDefaults("reacher", REACHER);
const supervisor = { ...defaults.runtime.supervisor, statusMs: 100 };
/** Told often where the robot stands, a trial waits less. */
const settings = { ...defaults, runtime: { ...defaults.runtime, supervisor } };
const END = REACHER.spec.endState;
const PERIOD_MS = 1000 / REACHER.spec.policyRateHz;

/**
 * Promised: a policy that dies, 2 periods; one that hangs, 2 from the first question it does not answer; a governor that
 * dies, 250 ms; one that hangs, `governorHangMs` more; a supervisor, at once. Here with 200 ms for a machine that is busy.
 */
const BUSY_MS = 200;
/** A machine that has no time for a whole process in that moment proves nothing; three times in a row it would. */
const HERE = { timeout: 60_000, retry: 2 };
const { governorHangMs } = supervisor;

test.runIf(existsSync("/proc")).each([
  ["policy", "kill", 2 * PERIOD_MS],
  ["policy", "stop", 3 * PERIOD_MS],
  ["governor", "throw", 250],
  ["governor", "stop", governorHangMs + 250],
  ["driver", "read", governorHangMs + 250],
  ["driver", "write", governorHangMs + 250],
  ["supervisor", "kill", PERIOD_MS],
  ["supervisor", "busy", 3 * PERIOD_MS],
] as const)("%s, %s: the motors have their end state within %d ms", HERE, async (cause, how, promisedMs) => {
  const { endState, ms } = await trial(settings, cause, how);
  expect(endState).toBe(END);
  expect(ms).toBeLessThan(promisedMs + BUSY_MS);
});

test.runIf(existsSync("/proc"))("the link dies and the loop does not notice", HERE, async () => {
  const { endState, starvedTicks } = await trial(settings, "link", "kill");
  expect(endState).toBeUndefined();
  expect(starvedTicks).toBeLessThanOrEqual(1);
});
