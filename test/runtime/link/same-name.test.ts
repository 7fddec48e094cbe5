import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Intake, openIntake } from "../../fakes/intake.ts";
import { type RobotLink, robotLink, upTo } from "../../fakes/robot-link.ts";
import { schema } from "../policy/bundles.ts";

const soon = { timeout: 8000, interval: 10 };

let directory = "";
let intake: Intake;
let open: RobotLink[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "reverie-name-"));
  intake = await openIntake(join(directory, "log"), schema);
});
afterEach(async () => {
  await Promise.all(open.map(({ link }) => link.close(0)));
  open = [];
  await intake.close();
  rmSync(directory, { recursive: true, force: true });
});

const run = (name: string) => join(directory, name);

function start(name: string): RobotLink {
  const robot = robotLink(run(name), intake.endpoint);
  open.push(robot);
  return robot;
}

async function end(robot: RobotLink, waitMs?: number): Promise<void> {
  open = open.filter((other) => other !== robot);
  await robot.link.close(waitMs);
}

const acked = (robot: RobotLink, next: number) =>
  vi.waitFor(() => expect(robot.link.status).toMatchObject({ state: "connected", acked: next, spoolDepth: 0 }), soon);
const times = () => intake.steps.map(({ timeNs }) => Number(timeNs)).sort((a, b) => a - b);

/** Numbers as in the original, at times of its own. */
const itsOwn = (sequence: number) => 10_000 + sequence;

async function copied(): Promise<void> {
  const original = start("one");
  original.feed(0, 50);
  await acked(original, 50);
  await end(original);
  cpSync(run("one"), run("two"), { recursive: true });
}

test("two robots with copies of one directory, at the same time: the learner has every step of both, once", async () => {
  await copied();
  const [one, two] = [start("one"), start("two")];
  for (let from = 50; from < 150; from += 10) {
    one.feed(from, from + 10);
    two.feed(from, from + 10, itsOwn);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  await Promise.all([acked(one, 150), acked(two, 150)]);
  expect(times()).toEqual([...upTo(150), ...upTo(150, 50).map(itsOwn)]);
  const said = [...one.notes(), ...two.notes()].filter((text) =>
    text.includes("is one's directory a copy of the other's?"),
  );
  expect(said.length).toBeGreaterThan(0);
});

test("a copy that is used later, and has made steps alone, loses none of them", async () => {
  await copied();
  const one = start("one");
  one.feed(50, 200);
  await acked(one, 200);
  await end(one);
  const two = start("two");
  two.feed(50, 400, itsOwn);
  await acked(two, 400);
  expect(times()).toEqual([...upTo(200), ...upTo(400, 50).map(itsOwn)]);
});

test("a copy of a directory with steps that had not gone out yet: those that both have come once, by whoever brings them", async () => {
  await copied();
  const away = robotLink(run("one"), "tcp://127.0.0.1:9");
  away.feed(50, 90);
  await away.link.close(0);
  rmSync(run("two"), { recursive: true });
  cpSync(run("one"), run("two"), { recursive: true });
  const [one, two] = [start("one"), robotLink(run("two"), "tcp://127.0.0.1:9")];
  one.feed(90, 200);
  await acked(one, 200);
  await end(one);
  two.feed(90, 150, itsOwn);
  await two.link.close(0);
  const later = start("two");
  await acked(later, 150);
  expect(later.notes().join()).toContain("What differs goes by a new name, from step 90 on");
  expect(times()).toEqual([...upTo(200), ...upTo(150, 90).map(itsOwn)]);
});

test("a spool that ends before what the learner has of it gives nothing twice, and nothing is lost", async () => {
  const one = start("one");
  one.feed(0, 40);
  await acked(one, 40);
  await end(one);
  cpSync(run("one"), run("before"), { recursive: true });
  const two = start("one");
  two.feed(40, 60);
  await acked(two, 60);
  await end(two);
  rmSync(join(run("before"), "robot", "acked"));
  const back = start("before");
  await vi.waitFor(() => expect(back.notes().some((text) => text.includes("goes on as stream"))).toBe(true), soon);
  back.feed(60, 90);
  await acked(back, 90);
  expect(times()).toEqual(upTo(90));
});
