import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Played } from "../../runtime/cli/played.ts";
import { publishedPath } from "../../runtime/cli/policy-source.ts";
import { sha256 } from "../../runtime/wire/bundle.ts";
import { MAIN } from "../fakes/reverie.ts";
import { steadyParts } from "../runtime/policy/bundles.ts";
import { REACHER_SCHEMA, reacherRun } from "./reacher-run.ts";

const root = resolve(import.meta.dirname, "../..");

/** What these tests make, and what the command leaves in the system's directory for such things. */
let temporary = "";
const runs: string[] = [];
beforeAll(() => {
  temporary = mkdtempSync(join(tmpdir(), "reverie-play-test-"));
});
afterAll(() => {
  for (const each of [temporary, ...runs]) rmSync(each, { recursive: true, force: true });
});

function makeRun(options?: Parameters<typeof reacherRun>[0]): string {
  const run = reacherRun(options);
  runs.push(run);
  return run;
}

function play(...args: string[]) {
  const options = { encoding: "utf8", env: { ...process.env, TMPDIR: temporary, XDG_STATE_HOME: temporary } } as const;
  return spawnSync(process.execPath, [MAIN, "play", ...args], options);
}

/** The last line of `--json`. */
function result(...args: string[]): Played & { readonly type: string } {
  const { stdout, stderr, status } = play("reacher", "--clock=lockstep", "--json", ...args);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout.trim().split("\n").at(-1)!);
}

test("the policy of a run acts in the robot's processes; the run and the disk stay as they were", () => {
  const run = makeRun();
  const before = readdirSync(run, { recursive: true });
  const summary = result("--run", run, "--seconds=20");
  expect(summary).toMatchObject({ type: "played", policyVersion: 7, steps: 400, seconds: 20 });
  expect(summary.rewardMean).toBeGreaterThan(8);
  expect(Object.keys(summary.stages)).toEqual(["at the goal", "reaching"]);
  expect(summary.stages["at the goal"]).toBeGreaterThan(0.9);
  expect(summary.speedMean).toBeUndefined();
  expect(readdirSync(run, { recursive: true })).toEqual(before);
  expect(readdirSync(temporary).filter((name) => name.startsWith("reverie-"))).toEqual([]);
}, 30_000);

test("it acts with its noise, the same for a seed, or without", () => {
  const run = makeRun({ noise: 0.5 });
  const sampled = result("--run", run, "--seconds=20", "--seed=5");
  expect(sampled.rewardMean).toBeLessThan(7);
  const again = result("--run", run, "--seconds=20", "--seed=5");
  expect(again).toEqual({ ...sampled, rewardMean: expect.closeTo(sampled.rewardMean!, 9) });
  expect(result("--run", run, "--seconds=20", "--mode=mean").rewardMean).toBeGreaterThan(8);
}, 60_000);

test("in real time it takes its seconds, and a person is told how it went", () => {
  const begin = performance.now();
  const { stdout, stderr, status } = play("reacher", "--run", makeRun(), "--seconds=2");
  expect(status, stderr).toBe(0);
  expect(performance.now() - begin).toBeGreaterThan(2000);
  expect(stdout).toMatch(/Policy 7: 40 steps \(0:00:02 of robot time\)\.\nReward per step: \d+\.\d\d\.\nOf the time: /);
  const [, afterSafetyPage = ""] = stdout.split("Ctrl-C, SIGTERM");
  expect(afterSafetyPage).toContain("Policy 7");
  expect(afterSafetyPage).not.toMatch(/learn|link|exploring/);
}, 30_000);

test("in lockstep nothing is asked of the system, and that is said", () => {
  const { stdout, status } = play(
    "reacher",
    "--run",
    makeRun(),
    "--clock=lockstep",
    "--seconds=1",
    "--json",
    "--realtime",
  );
  expect(status).toBe(0);
  expect(stdout).toContain("realtime: nothing was asked for: in lockstep no deadline is on the machine's clock");
}, 30_000);

test.each<[string, () => string[], number, RegExp]>([
  [
    "a robot without a policy",
    () => ["reacher"],
    1,
    /robots\/reacher\/policy: expected the policy that comes with reacher, found none; --run <dir> plays a run's own$/,
  ],
  ["no run", () => ["reacher", "--run", temporary], 1, /expected a run, found no config\.json in it$/],
  [
    "a run of another robot",
    () => ["a1", "--run", makeRun()],
    1,
    /expected robot reacher, whose run this is, found a1; use another --run <dir>$/,
  ],
  [
    "a run without a policy",
    () => {
      const run = makeRun();
      rmSync(join(run, "policy"), { recursive: true });
      return ["reacher", "--run", run];
    },
    1,
    /expected a policy, found none; it comes with the first checkpoint$/,
  ],
  [
    "a truncated policy",
    () => {
      const run = makeRun();
      truncateSync(join(run, "policy", "policy-0000000007", "weights.safetensors"), 100);
      return ["reacher", "--run", run];
    },
    1,
    /policy-0000000007: policy 7: weights: expected sha256 \w+, found \w+ in 100 bytes$/,
  ],
  [
    "a manifest that is none",
    () => {
      const run = makeRun();
      writeFileSync(join(run, "policy", "policy-0000000007", "manifest.json"), "{");
      return ["reacher", "--run", run];
    },
    1,
    /policy-0000000007: .*JSON/,
  ],
  [
    "a policy of another robot",
    () => ["reacher", "--run", makeRun({ parts: steadyParts(1, { ...REACHER_SCHEMA, robot: "leg" }, [0, 0], 0) })],
    1,
    /policy 1: it is not for this robot as it is now: robot: expected "reacher", found "leg"$/,
  ],
  [
    "a policy that sees something else",
    () => ["reacher", "--run", makeRun({ parts: steadyParts(1, { ...REACHER_SCHEMA, task: "wave" }, [0, 0], 0) })],
    1,
    /policy 1: it is not for this robot as it is now: task: expected "reach", found "wave"$/,
  ],
  ["a wrong mode", () => ["reacher", "--mode=wild"], 2, /expected --mode to be one of sample, mean, found "wild"$/],
  [
    "a wrong setting",
    () => ["reacher", "--run", makeRun(), "--task.goalZ=1"],
    2,
    /--task\.goalZ: expected one of goalX, goalY/,
  ],
])("%s ends it with one line", (_, args, code, line) => {
  const { stderr, stdout, status } = play(...args());
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr.trimEnd()).toMatch(line);
  expect(stdout).toBe("");
  expect(status).toBe(code);
});

test("a policy that cannot act ends it, and the robot takes no step", () => {
  const parts = steadyParts(1, REACHER_SCHEMA, [0, 0], 0);
  const graph = Buffer.from("no graph");
  const run = makeRun({ parts: { ...parts, graph, manifest: { ...parts.manifest, graphHash: sha256(graph) } } });
  const { stderr, stdout, status } = play("reacher", "--run", run, "--json");
  expect(status).toBe(1);
  expect(stderr).toMatch(/^reverie: policy: [^\n]+\n$/);
  expect(JSON.parse(stdout.trim().split("\n").at(-1)!)).toMatchObject({ type: "played", steps: 0 });
}, 60_000);

test("the policy that comes with a robot is found from the sources and from what is built", async () => {
  const built = new URL("../../dist/runtime/cli/policy-source.js", import.meta.url).href;
  const expected = join(root, "robots", "a1", "policy");
  expect(publishedPath("a1")).toBe(expected);
  expect(((await import(built)) as { publishedPath: typeof publishedPath }).publishedPath("a1")).toBe(expected);
});
