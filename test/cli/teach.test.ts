import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { OFTEN, Reverie } from "../fakes/reverie.ts";

const SMALL = [
  "--preset=robot-tiny",
  "--learner.train.fill=100",
  "--learner.train.pretrain=5",
  "--learner.replay.batch=4",
  "--learner.replay.length=8",
  "--learner.agent.horizon=5",
];

let run: string;
let started: Reverie[] = [];
/** `reverie teach reacher`, with nobody at its standard input. */
const teach = (...options: string[]) => {
  const each = new Reverie(["teach", "reacher", "--run", run, "--json", OFTEN, ...options], "ignore");
  started.push(each);
  return each;
};

beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), "reverie-teach-"));
});
afterEach(async () => {
  for (const each of started) each.signal("SIGKILL");
  await Promise.all(started.map(({ exited }) => exited));
  started = [];
  rmSync(run, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

test("a lockstep run stops at its steps, and the same command goes on with it", { timeout: 60_000 }, async () => {
  const first = teach("--clock=lockstep", "--steps=150", ...SMALL);
  expect(await first.exited, first.stderr).toBe(0);
  expect(first.last("robot").sequence).toBe(150);
  expect(first.last("learner")).toMatchObject({ steps: 150, updates: 15 });
  expect(first.last("learner").policyVersion).toBeGreaterThan(0);
  expect(existsSync(join(run, "lock"))).toBe(false);

  const second = teach("--steps=25");
  expect(await second.exited, second.stderr).toBe(0);
  expect(second.last("robot").sequence).toBe(175);
  expect(second.last("learner")).toMatchObject({ steps: 175, updates: 20 });
  expect(second.lines.findLast(({ text }) => text?.startsWith("Go on"))?.text).toBe(
    `Go on with it: reverie teach reacher --run ${run}`,
  );
});

test("Ctrl-C ends in order and saves; a directory in use is refused meanwhile", { timeout: 60_000 }, async () => {
  const first = teach(...SMALL);
  await first.until(({ type, sequence }) => type === "robot" && sequence > 0);
  const second = teach();
  expect(await second.exited).toBe(1);
  expect(second.stderr).toMatch(/^reverie: .*: expected a free run directory, found it in use by process \d+\n$/);
  first.signal("SIGINT");
  expect(await first.exited, first.stderr).toBe(0);
  expect(first.lines.map(({ text }) => text)).toContain("stopping in order; Ctrl-C again ends at once");
  expect(first.last("learner").steps).toBe(first.last("robot").sequence);
  expect(existsSync(join(run, "lock"))).toBe(false);
});

test("whatever dies, the run goes on and the learner has every numbered step", { timeout: 120_000 }, async () => {
  const each = teach(...SMALL);
  await each.until(({ type, policyVersion }) => type === "robot" && policyVersion > 0);
  for (const part of ["learner", "link", "policy", "governor", "supervisor"]) {
    const before = each.last("robot").sequence;
    const from = each.lines.length;
    each.killPart(part);
    await each.until(
      ({ type, state, sequence }) => type === "robot" && state === "engaged" && sequence > before + 20,
      from,
    );
  }
  await each.until(({ type, updates }) => type === "learner" && updates > 5, each.lines.length);
  each.signal("SIGTERM");
  expect(await each.exited, each.stderr).toBe(0);
  expect(each.last("learner").steps).toBe(each.last("robot").sequence);
});
