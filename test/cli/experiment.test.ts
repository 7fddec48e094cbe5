import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readRunSchema } from "../../learner/train/run-schema.ts";
import { RecordLog } from "../../runtime/log/record-log.ts";
import { stepTopic } from "../../runtime/log/step-topic.ts";
import { MAIN } from "../fakes/reverie.ts";

const PLAN = {
  robot: "reacher",
  steps: 200,
  seeds: [3],
  overrides: {
    "learner.preset": "robot-tiny",
    "learner.train.fill": 100,
    "learner.train.pretrain": 5,
    "learner.train.logUpdates": 5,
    "learner.replay.batch": 4,
    "learner.replay.length": 8,
    "learner.agent.horizon": 5,
  },
};

let top: string;
let file: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "reverie-experiment-"));
  file = join(top, "lab.json");
  write(PLAN);
});
afterEach(() => rmSync(top, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));

const write = (plan: object) => writeFileSync(file, JSON.stringify(plan));

/** `reverie experiment` as a person would start it, in the temporary directory. */
function start(...options: string[]) {
  const child = spawn(process.execPath, [MAIN, "experiment", file, ...options], { cwd: top });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((done) =>
    child.on("close", (code) => done({ code, stdout, stderr })),
  );
  return { child, ended };
}

/** What learning made and what it was made from. */
function rowsOf(run: string, log: string): Buffer[] {
  const schema = readRunSchema(join(run, "learner"))!;
  const found = new RecordLog(log, { topics: [stepTopic(schema)] }).read(0);
  return [...found].map(({ messages }) => Buffer.from(messages[0]!.body.slice()));
}

function traces(run: string) {
  const under = (...parts: string[]) => readdirSync(join(run, ...parts)).sort();
  const policy = under("policy").at(-1)!;
  const [stream] = under("learner", "log");
  const log = join(run, "learner", "log", stream!);
  const lines = readFileSync(join(run, "learner", "metrics.jsonl"), "utf8")
    .trim()
    .split("\n");
  return {
    policy,
    weights: readFileSync(join(run, "policy", policy, "weights.safetensors")).toString("base64"),
    // What is in the log, not how it came to be cut into chunks: that hangs on how fast the disk was.
    steps: rowsOf(run, log).map((row) => createHash("sha256").update(row).digest("hex")),
    metrics: lines.map((line) => ({ ...JSON.parse(line), time: 0, updateMs: 0, ratio: 0, streams: {} })),
  };
}

test("two runs of the same line are bit-equal, and a complete one is not run again", { timeout: 60_000 }, async () => {
  const both = await Promise.all(
    [start("--run", "one", "--json"), start("--run", "other", "--json")].map((each) => each.ended),
  );
  for (const { code, stderr } of both) expect(code, stderr).toBe(0);
  const one = traces(join(top, "one", "default", "seed3"));
  expect(one.metrics.at(-1)).toMatchObject({ steps: 200, updates: 25 });
  expect(one.weights.length).toBeGreaterThan(10_000);
  expect(one.steps).toHaveLength(200);
  expect(traces(join(top, "other", "default", "seed3"))).toEqual(one);

  const { lines, ...document } = JSON.parse(both[0]!.stdout);
  expect(document).toMatchObject({ robot: "reacher", complete: true, files: ["one/curves.svg", "one/curves.csv"] });
  expect(lines[0].runs[0]).toMatchObject({ seed: 3, complete: true, steps: 200 });
  expect(lines[0].runs[0].reward).toBe(one.metrics.at(-1).reward6000);
  for (const path of document.files) expect(existsSync(join(top, path))).toBe(true);

  const again = await start("--run", "one").ended;
  expect(again.code).toBe(0);
  expect(again.stdout).toMatch(/default\/seed3 is complete\n\nline +seeds[^\n]*\ndefault +1\/1 /);
  const madeBy = JSON.parse(readFileSync(join(top, "one", "default", "seed3", "made-by.json"), "utf8"));
  expect(madeBy.sessions).toMatchObject([{ fromStep: 0, node: process.version }]);

  write({ ...PLAN, lines: { default: { "learner.agent.gamma": 0.5 } } });
  const other = await start("--run", "one").ended;
  expect(other.code).toBe(1);
  expect(other.stderr).toBe(
    "reverie: one/default/seed3: expected a run with learner.agent.gamma 0.5, found one with 0.97; --run <dir> starts other runs\n",
  );
});

test("Ctrl-C stops in order, and the same command goes on", { timeout: 60_000 }, async () => {
  const run = join(top, "runs", "lab", "default", "seed3");
  write({ ...PLAN, steps: 100_000 });
  const first = start();
  while (!existsSync(join(run, "learner", "metrics.jsonl"))) await new Promise((wake) => setTimeout(wake, 50));
  first.child.kill("SIGINT");
  const { code, stdout, stderr } = await first.ended;
  expect(code, stderr).toBe(0);
  expect(stdout).toContain("stopping all runs in order");
  expect(existsSync(join(run, "lock"))).toBe(false);
  const { steps } = traces(run).metrics.at(-1)!;
  expect(steps).toBeGreaterThan(0);

  write({ ...PLAN, steps: steps + 50 });
  const second = await start("--json").ended;
  expect(second.code, second.stderr).toBe(0);
  expect(JSON.parse(second.stdout).lines[0].runs[0]).toMatchObject({ complete: true, steps: steps + 50 });
  const { sessions } = JSON.parse(readFileSync(join(run, "made-by.json"), "utf8"));
  expect(sessions.map(({ fromStep }: { fromStep: number }) => fromStep)).toEqual([0, steps]);
});

test("a run that fails is told with its reason, and the report is of what is there", { timeout: 60_000 }, async () => {
  mkdirSync(join(top, "runs", "lab", "default", "seed3"), { recursive: true });
  writeFileSync(join(top, "runs", "lab", "default", "seed3", "thesis.doc"), "");
  const { code, stdout } = await start().ended;
  expect(code).toBe(1);
  const why = "runs/lab/default/seed3: expected an empty directory or a run, found thesis.doc in it";
  expect(stdout).toContain(`default/seed3 failed: ${why}\n`);
  const report = await start("--report").ended;
  expect(report.code).toBe(0);
  expect(report.stdout).toMatch(/default +0\/1 +–/);
});

test.each<[string[], RegExp]>([
  [["--jobs", "0"], /expected a whole number from 1 up after --jobs, found "0"/],
  [["--thresholds", "6,x"], /expected numbers like 6\.3,9\.3 after --thresholds, found "6,x"/],
  [["--learner.agent.gamma=1"], /expected settings in .*lab\.json, found --learner\.agent\.gamma/],
])("%j was typed wrongly", async (options, message) => {
  const { code, stderr } = await start(...options).ended;
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});
