import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type Line, OFTEN, Reverie } from "../../fakes/reverie.ts";
import { reacherRun } from "../reacher-run.ts";

const SMALL = ["--preset=robot-tiny", "--learner.train.fill=100000", "--learner.replay.batch=4"];

const directories: string[] = [];
const started: Reverie[] = [];
afterEach(async () => {
  for (const each of started) each.signal("SIGKILL");
  await Promise.all(started.splice(0).map(({ exited }) => exited));
  for (const each of directories.splice(0))
    rmSync(each, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

function start(...args: string[]): Reverie {
  const each = new Reverie(args);
  started.push(each);
  return each;
}

function play(...args: string[]): Reverie {
  const run = reacherRun();
  directories.push(run);
  return start("play", "reacher", "--run", run, "--json", OFTEN, ...args);
}

const inState = (state: string) => (line: Line) => line.type === "robot" && line.state === state;
const aboutTo = (part: string) => (line: Line) => line.type === "note" && line.text.includes(part);
const moved = (beyond: number) => (line: Line) => inState("engaged")(line) && line.sequence > beyond;

test("orders come as lines of JSON; an emergency stop holds until it is reset, whatever else is ordered", async () => {
  const robot = play("--clock=realtime");
  await robot.until(moved(20));
  const begin = performance.now();
  const stopped = await robot.type({ order: "estop" }, inState("estop"));
  expect(performance.now() - begin).toBeLessThan(1000);
  expect(stopped.standstill).toMatchObject({ cause: "estop", text: "emergency stop from the standard input" });
  robot.write('{"order":"resume"}\n{"order":"steer","gesture":"bent"}\n');
  robot.killPart("governor");
  await robot.until(aboutTo("governor died"));
  const ofTheNext = ({ type, ticks }: Line) => type === "robot" && ticks < stopped.ticks;
  const again = await robot.until(ofTheNext, robot.lines.length);
  const later = await robot.until(({ type }) => type === "robot", robot.lines.indexOf(again) + 5);
  expect(later).toMatchObject({ state: "estop", sequence: stopped.sequence });
  await robot.type({ order: "reset" }, moved(stopped.sequence));

  await robot.type({ order: "pause" }, inState("held"));
  const resumed = robot.lines.length;
  robot.write('{"order":"resume"}\n');
  const going = await robot.until(inState("engaged"), resumed);
  expect(going.interventions).toBe(1);

  robot.closeInput();
  await robot.until(moved(going.sequence + 10));
  robot.signal("SIGUSR2");
  const signalled = await robot.until(inState("estop"), robot.lines.length);
  expect(signalled.standstill?.text).toBe("emergency stop from SIGUSR2");
  robot.signal("SIGHUP");
  expect(await robot.exited, robot.stderr).toBe(0);
}, 60_000);

test("an emergency stop before the robot has its processes is heard before it moves", async () => {
  const robot = play("--clock=realtime");
  robot.write('{"order":"estop"}\n');
  await robot.until(inState("estop"));
  const last = await robot.until(({ type, state }) => type === "robot" && state === "estop", robot.lines.length);
  expect(last.sequence).toBe(0);
  await robot.type({ order: "reset" }, moved(0));
}, 30_000);

test("a fault stays one when all of the robot's processes are started again, until it is reset", async () => {
  const surprise = (name: string) => `--runtime.watchdogs.surprise.${name}`;
  const robot = play(
    "--clock=realtime",
    `${surprise("trip")}=fault`,
    `${surprise("times")}=1`,
    `${surprise("after")}=60`,
  );
  const { standstill } = await robot.until(inState("fault"));
  expect(standstill).toMatchObject({ cause: "surprise" });
  robot.killPart("supervisor");
  await robot.until(aboutTo("starting it again"));
  const again = await robot.until(inState("fault"), robot.lines.length);
  expect(again).toMatchObject({ standstill, sequence: 0 });
  await robot.type({ order: "reset" }, moved(0));
}, 60_000);

test("what is no order is told and changes nothing", async () => {
  const robot = play("--clock=realtime");
  await robot.until(moved(0));
  await robot.type("estop", aboutTo('standard input: expected an order as {"order":"estop"}, found "estop"'));
  await robot.type(
    { order: "stop" },
    aboutTo('expected one of estop, reset, pause, resume, steer, mark, found "stop"'),
  );
  await robot.type({ order: "steer", action: [1] }, aboutTo("order steer: expected action as 2 numbers, found [1]"));
  const going = await robot.until(inState("engaged"), robot.lines.length);
  await robot.until(moved(going.sequence));
}, 30_000);

test("in lockstep, where nobody waits for a reset, an emergency stop ends the run", async () => {
  const robot = play("--clock=lockstep");
  await robot.until(moved(0));
  robot.write('{"order":"estop"}\n');
  expect(await robot.exited).toBe(1);
  expect(robot.stderr).toBe("reverie: estop: emergency stop from the standard input\n");
}, 30_000);

test("marks and a person's steps reach the robot's and the learner's files once, also when the link dies", async () => {
  const run = mkdtempSync(join(tmpdir(), "reverie-marks-"));
  directories.push(run);
  const robot = start("teach", "reacher", "--run", run, "--json", OFTEN, ...SMALL);
  await robot.until(moved(20));
  await robot.type({ order: "mark", mark: "worked" }, aboutTo("ends its episode: worked"));
  robot.killPart("link");
  await robot.type({ order: "mark", mark: "failed" }, aboutTo("ends its episode: failed"));
  await robot.type(
    { order: "steer", gesture: "bent" },
    ({ type, steering }) => type === "people" && steering === "bent",
  );
  robot.write('{"order":"mark","mark":"end"}\n');
  await robot.until(aboutTo("ends its episode: end"));
  await robot.until(aboutTo("link died"));
  const { sequence } = robot.lines.findLast(({ type }) => type === "robot")!;
  await robot.until(moved(sequence + 60));
  robot.signal("SIGTERM");
  expect(await robot.exited, robot.stderr).toBe(0);

  const marksOf = (part: string) =>
    readFileSync(join(run, part, "marks.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { sequence: number; mark: string; time: string });
  const said = robot.lines.flatMap(({ text }) => {
    const [, step, mark] = /^step (\d+) ends its episode: (\w+)$/.exec(text ?? "") ?? [];
    return mark === undefined ? [] : [{ sequence: Number(step), mark }];
  });
  expect(said.map(({ mark }) => mark)).toEqual(["worked", "failed", "end"]);
  expect(marksOf("robot")).toMatchObject(said);
  expect(marksOf("robot")).toHaveLength(3);
  expect(marksOf("learner")).toEqual(marksOf("robot"));
  const [last] = readFileSync(join(run, "learner", "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .slice(-1);
  const { metrics } = JSON.parse(last!) as { metrics: Record<string, number> };
  expect(metrics).toMatchObject({ "marks/worked": 1, "marks/failed": 1 });
  expect(metrics.intervened).toBeGreaterThan(0.05);
  expect(metrics.intervened).toBeLessThan(1);
}, 60_000);
