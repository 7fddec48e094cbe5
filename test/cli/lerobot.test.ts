import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { datasetSteps } from "../../runtime/cli/dataset-steps.ts";
import { log } from "../../runtime/cli/log.ts";
import { openDataset, readFrames } from "../../runtime/log/lerobot/dataset-reader.ts";
import { ownMapping } from "../../runtime/log/lerobot/mapping.ts";
import { selectionOf } from "../../runtime/log/lerobot/selection.ts";
import { canEncode } from "../../runtime/log/lerobot/video-encoder.ts";
import { RecordLog } from "../../runtime/log/record-log.ts";
import { stepTopic } from "../../runtime/log/step-topic.ts";
import { storedSteps } from "../../runtime/log/stored-steps.ts";
import type { Step, StepSchema } from "../../runtime/step.ts";
import { encodeSteps, stepLayout } from "../../runtime/wire/step-codec.ts";
import { MAIN } from "../fakes/reverie.ts";
import { numbered, recordedRun, SEEING } from "../runtime/log/lerobot/recorded.ts";
import { REACHER_SCHEMA } from "./reacher-run.ts";

const GOLDEN = resolve(import.meta.dirname, "../golden/lerobot");
/** What LeRobot was given to write there, an episode a list. */
const GOLDEN_FRAMES = JSON.parse(fs.readFileSync(`${GOLDEN}.json`, "utf8")) as Record<string, number[]>[][];
/** Its actions are ±100, elbow first. */
const MAPPING = {
  observation: { arm: "observation.state" },
  action: [
    { feature: "action", names: ["shoulder.pos"], scale: 0.01 },
    { feature: "action", names: ["elbow.pos"], scale: 0.01 },
  ],
};

let directory = "";
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), "reverie-lerobot-"));
});
afterEach(() => {
  fs.rmSync(directory, { recursive: true, force: true });
});

const at = (...names: string[]): string => join(directory, ...names);

async function said(...argv: string[]): Promise<string[]> {
  const lines: string[] = [];
  expect(await log(argv, (line) => lines.push(line))).toBe(0);
  return lines;
}

function mapping(): string {
  fs.writeFileSync(at("map.json"), JSON.stringify(MAPPING));
  return at("map.json");
}

function steps(schema: StepSchema, count: number, changes: Readonly<Record<number, Partial<Step>>> = {}): Step[] {
  return Array.from({ length: count }, (_, i) => numbered(schema, i, changes[i]));
}

/** Of the only stream in a run's experience. */
function experience(run: string, schema: StepSchema): Step[] {
  const [stream = ""] = fs.readdirSync(join(run, "learner", "log"));
  const report = (line: string) => expect(line).toBe("");
  return [...storedSteps(join(run, "learner", "log", stream), stream, schema, report)].map(({ step }) => step);
}

test("a run goes out and comes back: every number to the bit, every break where it was", async () => {
  const all = steps(REACHER_SCHEMA, 17, { 6: { isLast: true }, 11: { isFirst: true } });
  await recordedRun(at("run"), REACHER_SCHEMA, { a: all });
  const out = await said("export", at("run"), "--to", "lerobot", "--out", at("out"), "--max-frames", "4");
  expect(out.at(-1)).toMatch(/out: LeRobotDataset v3.0, 5 episodes, 17 frames, 0.8 s/); // 4 3 4, 4 2
  await said("import", at("out"), "--as", "reacher", "--run", at("again"));
  const back = experience(at("again"), REACHER_SCHEMA);
  expect(back.map(({ sequence, isFirst }) => [sequence, isFirst])).toEqual(
    all.map((each) => [each.sequence, each.isFirst]),
  );
  for (const [i, step] of back.entries()) {
    const { observation, reward, timeNs, action, command, policyVersion, intervened } = all[i]!;
    expect(step).toMatchObject({ observation, reward, timeNs, isTerminal: false });
    // What led to a first step is no part of a dataset: nothing explains it.
    if (!step.isFirst) expect(step).toMatchObject({ action, command, policyVersion, intervened });
    if (!step.isFirst) expect(Object.is(step.action[1], -0)).toBe(true);
  }
  const info = (await said("info", at("again"))).join("\n");
  expect(info).toMatch(/imported.format {2}LeRobotDataset v3.0\n.*imported.robot_type {2}reacher/);
});

test("what LeRobot wrote is read: its numbers by name and scale, its reward one step later", async () => {
  const out = await said("import", GOLDEN, "--as", "reacher", "--run", at("run"), "--map", mapping());
  expect(out.at(-1)).toMatch(/imported-lerobot-\w{8}: 9 steps of 2 episodes, reward next.reward/);
  const found = experience(at("run"), REACHER_SCHEMA);
  const frames = GOLDEN_FRAMES.flat();
  expect(found.map(({ observation }) => [...(observation.arm as Float32Array)])).toEqual(
    frames.map((frame) => frame["observation.state"]),
  );
  expect(found.map(({ isFirst }) => isFirst)).toEqual(frames.map((_, i) => i === 0 || i === 5));
  const [elbow, shoulder] = frames[2]!.action as [number, number];
  expect(found[3]!.action).toEqual(Float32Array.of(shoulder * 0.01, elbow * 0.01));
  expect(found.map(({ reward }) => reward)).toEqual([0, 0, 1, 2, 3, 0, 10, 11, 12]);
  expect(found[3]!.command).toEqual(found[3]!.action.map((value) => value * 1.6)); // as the reacher would be told
  await expect(log(["import", GOLDEN, "--as", "reacher", "--run", at("run"), "--map", mapping()])).rejects.toThrow(
    /expected a dataset that is not in it yet/,
  );
});

test("pictures that LeRobot wrote are read", async () => {
  const dataset = await openDataset(GOLDEN);
  const observation = [
    { name: "state", dtype: "float32", shape: [6], units: ["1"] },
    { name: "front", dtype: "uint8", shape: [4, 6, 3], units: ["1"] },
  ] as const;
  const schema: StepSchema = { ...REACHER_SCHEMA, observation };
  const own = { ...MAPPING, observation: { state: [{ feature: "observation.state" }] }, action: MAPPING.action };
  const map = { ...own, observation: { ...own.observation, front: [{ feature: "observation.images.front" }] } };
  const selection = selectionOf(map, schema, dataset.info);
  let i = 0;
  for await (const step of datasetSteps(dataset, { schema, selection, reward: undefined, mapAction: () => {} })) {
    expect([...(step.observation.front as Uint8Array)]).toEqual(GOLDEN_FRAMES.flat()[i++]!["observation.images.front"]);
  }
  expect(i).toBe(9);
});

async function seenAgain(out: string): Promise<Step[]> {
  const dataset = await openDataset(out);
  const selection = selectionOf(ownMapping(SEEING, dataset.info.features), SEEING, dataset.info);
  const found: Step[] = [];
  const rules = { schema: SEEING, selection, reward: "reward", mapAction: () => {} };
  for await (const step of datasetSteps(dataset, rules)) found.push(step);
  return found;
}

test("pictures as PNG come back exactly; those of two streams lie one behind the other", async () => {
  const all = steps(SEEING, 6, { 5: { isTerminal: true } });
  await recordedRun(at("run"), SEEING, { a: all, b: all }, [3]);
  const out = await said("export", at("run"), "--to", "lerobot", "--out", at("out"), "--images", "png");
  expect(out[0]).toBe("images: PNG, exact");
  expect(out[1]).toMatch(/2 steps without their images were left out/);
  const found = await seenAgain(at("out"));
  const kept = all.filter(({ sequence }) => sequence !== 3);
  expect(found.map(({ observation }) => observation)).toEqual([...kept, ...kept].map(({ observation }) => observation));
  expect(found.map(({ isTerminal }) => isTerminal)).toEqual([...kept, ...kept].map(({ isTerminal }) => isTerminal));
});

test.runIf(await canEncode("ffmpeg"))(
  "pictures as video come back nearly, each at its place",
  async () => {
    const shaded = (sequence: number): Partial<Step> => {
      const eye = Uint8Array.from({ length: 16 * 24 * 3 }, (_, i) => 50 * sequence + Math.floor(i / 72));
      return { observation: { ...numbered(SEEING, sequence).observation, eye }, isLast: sequence === 1 };
    };
    const all = steps(SEEING, 4, { 0: shaded(0), 1: shaded(1), 2: shaded(2), 3: shaded(3) });
    await recordedRun(at("run"), SEEING, { a: all });
    const out = await said("export", at("run"), "--to", "lerobot", "--out", at("out"));
    expect(out[0]).toMatch(/H.264 videos by ffmpeg, not exact/);
    const found = await seenAgain(at("out"));
    expect(found.length).toBe(4);
    for (const [i, { observation }] of found.entries()) {
      const [was, is] = [all[i]!.observation.eye as Uint8Array, observation.eye as Uint8Array];
      const error = was.reduce((sum, value, place) => sum + Math.abs(value - is[place]!), 0) / was.length;
      expect(error).toBeLessThan(6); // one frame is 50 from the next
    }
  },
  20_000,
);

test("only the episodes asked for go out, the first of them as a beginning", async () => {
  await recordedRun(at("run"), REACHER_SCHEMA, { a: steps(REACHER_SCHEMA, 9) });
  const args = ["--to", "lerobot", "--out", at("out"), "--max-frames", "3", "--episodes", "1:2"];
  expect((await said("export", at("run"), ...args)).at(-1)).toMatch(/1 episodes, 3 frames/);
  const { episodes } = await openDataset(at("out"));
  const frames = await readFrames(episodes[0]!, ["is_first", "has_action", "observation.state"]);
  expect(frames.map(({ is_first, has_action }) => [is_first, has_action])).toEqual([
    [true, true],
    [false, true],
    [false, true],
  ]);
  expect(frames[0]!["observation.state"]).toEqual([...(numbered(REACHER_SCHEMA, 3).observation.arm as Float32Array)]);
});

test("a robot's recording goes out while it is written, and stays as it is", async () => {
  const data = Buffer.from(JSON.stringify(REACHER_SCHEMA));
  const attachments = [{ name: "schema.json", mediaType: "application/json", data }];
  const spool = at("run", "robot", "spool");
  const recording = new RecordLog(spool, { topics: [stepTopic(REACHER_SCHEMA)], heading: () => ({ attachments }) });
  for (const step of steps(REACHER_SCHEMA, 5)) {
    const body = encodeSteps(stepLayout(REACHER_SCHEMA), [step]);
    recording.append(step.sequence, step.timeNs, [{ channel: 1, body }]);
  }
  expect(recording.flush()).toBeUndefined();
  const [file = ""] = fs.readdirSync(spool);
  const before = fs.readFileSync(join(spool, file));
  const lines = await said("export", at("run"), "--to", "lerobot", "--out", at("out"));
  expect(lines.at(-1)).toMatch(/1 episodes, 5 frames/);
  expect(fs.readFileSync(join(spool, file)).equals(before)).toBe(true);
  await recording.close();
});

test("an export that is killed leaves a dataset of the episodes that were written", async () => {
  await recordedRun(at("run"), REACHER_SCHEMA, { a: steps(REACHER_SCHEMA, 6000) });
  const args = ["log", "export", at("run"), "--to", "lerobot", "--out", at("out"), "--max-frames", "3"];
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: "ignore" });
  const closed = new Promise((ended) => child.on("close", (_, signal) => ended(signal)));
  while (!fs.existsSync(at("out", "data", "chunk-000", "file-004.parquet")))
    await new Promise((wake) => setTimeout(wake, 2));
  child.kill("SIGKILL");
  expect(await closed).toBe("SIGKILL");
  const { info, episodes } = await openDataset(at("out"));
  expect(info.total_episodes).toBeGreaterThanOrEqual(4);
  expect(info.total_episodes).toBeLessThan(2000);
  expect(info.total_frames).toBe(3 * info.total_episodes);
  for (const episode of episodes.slice(-2)) expect((await readFrames(episode, ["action"])).length).toBe(3);
  JSON.parse(fs.readFileSync(at("out", "meta", "stats.json"), "utf8"));
}, 20_000);

test("what does not fit is refused with all that differs, and the run is as it was", async () => {
  await expect(log(["import", GOLDEN, "--as", "a1", "--run", at("run")])).rejects.toThrow(
    /body: expected 18 numbers, found 6 in observation.state \[6\]; action: expected 12 numbers, found 2 in action \[2\]/,
  );
  await expect(log(["import", GOLDEN, "--as", "reacher", "--run", at("run")])).rejects.toThrow(
    /expected actions in \[−1, 1\], found .* for shoulder in episode 0; "scale" and "offset"/,
  );
  const other = ["import", GOLDEN, "--as", "reacher", "--run", at("run"), "--map", mapping(), "--reward", "speed"];
  await expect(log(other)).rejects.toThrow(/expected --reward to be a single number of it, one of next.reward/);
  expect(fs.existsSync(at("run", "learner", "log"))).toBe(false);
  expect(fs.readdirSync(at("run"))).not.toContain("lock");
  await expect(log(["import", at("none"), "--as", "reacher", "--run", at("run")])).rejects.toThrow(
    /expected a LeRobotDataset, found no such file/,
  );
  fs.cpSync(GOLDEN, at("old"), { recursive: true });
  const info = fs.readFileSync(at("old", "meta", "info.json"), "utf8");
  fs.writeFileSync(at("old", "meta", "info.json"), info.replace("v3.0", "v2.1"));
  await expect(openDataset(at("old"))).rejects.toThrow(
    /expected codebase_version v3.0, found "v2.1"; lerobot's convert/,
  );
  fs.writeFileSync(at("old", "meta", "info.json"), info.replace('"data/chunk', '"../chunk'));
  await expect(openDataset(at("old"))).rejects.toThrow(/expected paths in it, found "..\/chunk/);
});

test("a dataset without a reward is imported with 0, and that is told", async () => {
  await recordedRun(at("run"), REACHER_SCHEMA, { a: steps(REACHER_SCHEMA, 3) });
  await said("export", at("run"), "--to", "lerobot", "--out", at("out"));
  const path = at("out", "meta", "info.json");
  const { features, ...info } = JSON.parse(fs.readFileSync(path, "utf8"));
  const { reward: _, "next.reward": __, ...others } = features;
  fs.writeFileSync(path, JSON.stringify({ ...info, features: others }));
  const lines = await said("import", at("out"), "--as", "reacher", "--run", at("again"));
  expect(lines[0]).toMatch(/no reward in the dataset: it is 0 everywhere; --reward <feature> chooses one/);
  expect(experience(at("again"), REACHER_SCHEMA).map(({ reward }) => reward)).toEqual([0, 0, 0]);
  expect((await said("info", at("again"))).join("\n")).toMatch(/imported.reward {2}none: 0 everywhere/);
});
