import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Reverie } from "../fakes/reverie.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "reverie-two-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const PORT = 20_000 + (process.pid % 20_000);
const ENDPOINT = `tcp://127.0.0.1:${PORT}`;

function robot(name: string, seed: number): Reverie {
  const run = join(directory, name);
  return new Reverie(["robot", "reacher", `--learner=${ENDPOINT}`, `--run=${run}`, `--seed=${seed}`, "--json"]);
}

test("two robots teach one learner: it has every step of both, and both act with its policies", {
  timeout: 90_000,
}, async () => {
  const learner = new Reverie([
    "learner",
    `--run=${join(directory, "learner")}`,
    `--bind=${ENDPOINT}`,
    "--preset=robot-tiny",
    "--learner.train.fill=60",
    "--learner.train.pretrain=1",
    "--learner.train.publishSeconds=0.5",
    "--json",
  ]);
  await learner.until(({ type }) => type === "learner");
  const robots = [robot("one", 1), robot("two", 2)];
  await Promise.all(
    robots.map((each) => each.until(({ type, policyVersion }) => type === "robot" && policyVersion > 0)),
  );
  for (const each of robots) each.signal("SIGINT");
  expect(await Promise.all(robots.map(({ exited }) => exited)), robots.map(({ stderr }) => stderr).join()).toEqual([
    0, 0,
  ]);
  learner.signal("SIGINT");
  expect(await learner.exited, learner.stderr).toBe(0);
  const taken = robots.map((each) => each.last("robot").sequence);
  expect(Math.min(...taken)).toBeGreaterThan(20);
  expect(learner.last("learner").steps).toBe(taken[0]! + taken[1]!);
  expect(learner.last("learner").updates).toBeGreaterThan(0);
  expect(readdirSync(join(directory, "learner", "learner", "log"))).toHaveLength(2);
});
