import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const MAIN = resolve(import.meta.dirname, "../../dist/runtime/cli/main.js");
const SMALL = [
  "--preset=robot-tiny",
  "--learner.train.fill=100",
  "--learner.train.pretrain=5",
  "--learner.replay.batch=4",
  "--learner.replay.length=8",
  "--learner.agent.horizon=5",
];

/** A line of `--json`. */
interface Line {
  readonly type: "robot" | "learner" | "note";
  readonly text: string;
  readonly steps: number;
  readonly sequence: number;
  readonly updates: number;
  readonly state: string;
  readonly policyVersion: number;
}

/** `reverie teach reacher` in its processes, as a person would start it. */
class Teach {
  readonly lines: Line[] = [];
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;
  stderr = "";

  constructor(run: string, ...options: string[]) {
    const args = [MAIN, "teach", "reacher", "--run", run, "--json", ...options];
    this.#child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    let rest = "";
    this.#child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      const parts = (rest + text).split("\n");
      rest = parts.pop()!;
      this.lines.push(...parts.map((line) => JSON.parse(line) as Line));
    });
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.exited = new Promise((done) => this.#child.on("close", done));
  }

  /** Resolves with the first line like that after the `from` ones that came before. Rejects when it ends without. */
  async until(like: (line: Line) => boolean, from = 0): Promise<Line> {
    let ended = false;
    void this.exited.then(() => {
      ended = true;
    });
    for (;;) {
      const found = this.lines.slice(from).find(like);
      if (found !== undefined) return found;
      if (ended) throw new Error(`ended first: ${this.stderr}${JSON.stringify(this.lines.slice(-5))}`);
      await new Promise((wake) => setTimeout(wake, 20));
    }
  }

  last(type: Line["type"]): Line {
    return this.lines.findLast((line) => line.type === type)!;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends the process that runs `process/<name>.js` somewhere below this one, at once. */
  killPart(name: string): void {
    const all = spawnSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).stdout.trim().split("\n");
    const rows = all.map((row) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row)!.slice(1) as [string, string, string]);
    const family = new Set([String(this.#child.pid)]);
    for (let size = 0; size !== family.size; ) {
      size = family.size;
      for (const [pid, parent] of rows) if (family.has(parent)) family.add(pid);
    }
    const [pid] = rows.find(([id, , args]) => family.has(id) && args.includes(`/process/${name}.js`)) ?? [];
    if (pid === undefined) throw new Error(`no process ${name} below ${this.#child.pid}`);
    process.kill(Number(pid), "SIGKILL");
  }
}

let run: string;
let started: Teach[] = [];
const teach = (...options: string[]) => {
  const each = new Teach(run, ...options);
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
  each.signal("SIGTERM");
  expect(await each.exited, each.stderr).toBe(0);
  expect(each.last("learner").steps).toBe(each.last("robot").sequence);
  expect(each.last("learner").updates).toBeGreaterThan(5);
});
