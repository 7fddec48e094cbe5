import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type ChaosDisk, openDisk } from "../../../runtime/cli/chaos/disk.ts";
import { recordedRows } from "../../../runtime/cli/chaos/kept.ts";
import { hold } from "../../../runtime/link/hold.ts";
import { Spool } from "../../../runtime/link/spool.ts";
import { keepSchema } from "../../../runtime/link/spool-schema.ts";
import { RecordLog } from "../../../runtime/log/record-log.ts";
import { stepTopic } from "../../../runtime/log/step-topic.ts";
import { failingDisk } from "../../fakes/failing-disk.ts";
import { type Intake, openIntake } from "../../fakes/intake.ts";
import { robotLink, stepRow, upTo } from "../../fakes/robot-link.ts";
import { policyParts, schema } from "../policy/bundles.ts";

const soon = { timeout: 8000, interval: 10 };

let directory = "";
let disk: ChaosDisk;
let intake: Intake | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "reverie-disk-"));
  disk = openDisk(directory, "robot");
});
afterEach(async () => {
  await intake?.close();
  intake = undefined;
  disk.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Only root may mount a disk that can be filled or made read-only. */
const canMount = (() => {
  const parent = mkdtempSync(join(tmpdir(), "reverie-mount-"));
  const tried = openDisk(parent, "tried");
  tried.close();
  rmSync(parent, { recursive: true, force: true });
  return tried.unable === undefined;
})();

test.runIf(canMount)(
  "a disk that fills under a link, whose process then is killed, costs no step and gives none twice",
  async () => {
    intake = await openIntake(join(directory, "log"), schema);
    const first = robotLink(disk.path, intake.endpoint);
    first.feed(0, 100);
    await vi.waitFor(() => expect(first.link.status.acked).toBe(100), soon);
    writeFileSync(join(disk.path, "robot", "link.lock"), '{"pid":999999,"started":"1"}'); // as a kill leaves it
    disk.fill();
    first.feed(100, 400);
    await vi.waitFor(() => expect(first.link.status).toMatchObject({ acked: 400, spoolDepth: 0 }), soon);
    expect(first.heard).toContainEqual({ type: "note", text: expect.stringContaining("not on disk: ENOSPC") });
    const release = await hold(join(disk.path, "robot"), 0); // what the next process does first
    await first.link.close(0);
    const second = robotLink(disk.path, intake.endpoint, { resumed: true });
    second.feed(400, 500);
    await vi.waitFor(() => expect(second.link.status.state).toBe("connected"), soon);
    disk.free();
    second.feed(500, 600);
    await vi.waitFor(() => expect(second.link.status.acked).toBe(600), soon);
    release();
    await second.link.close();
    expect(intake.steps.map(({ sequence }) => sequence).sort((a, b) => a - b)).toEqual(upTo(600));
    const recorded = recordedRows(disk.path, schema, () => {}).map(({ sequence }) => sequence);
    expect(recorded).toEqual(expect.arrayContaining(upTo(600, 500)));
    expect(recorded.length, "the disk was never full").toBeLessThan(600);
  },
);

test.runIf(canMount)(
  "a link that is ended while its disk is full waits for the learner with what only it has",
  async () => {
    intake = await openIntake(join(directory, "log"), schema);
    const robot = robotLink(disk.path, intake.endpoint, { link: { flushMs: 5000 } });
    robot.feed(0, 10);
    await vi.waitFor(() => expect(robot.link.status.acked).toBe(10), soon);
    disk.fill();
    robot.feed(10, 400);
    await robot.link.close(0); // as when its supervisor was killed
    expect(intake.steps.map(({ sequence }) => sequence)).toEqual(upTo(400));
  },
);

test.runIf(canMount)("a disk that is read-only at the start is named with what to do, and nothing starts", async () => {
  mkdirSync(join(disk.path, "robot"));
  execFileSync("mount", ["-o", "remount,ro", disk.path]);
  await expect(hold(join(disk.path, "robot"), 0)).rejects.toThrow(
    /robot: expected a directory to write steps to, found EROFS.*make it writable, or begin a run elsewhere/,
  );
});

const canFail = (() => {
  const tried = failingDisk();
  tried?.close();
  return tried !== undefined;
})();

test.runIf(canFail)(
  "a disk that breaks under a link: it is said once, every step reaches the learner from memory, and nothing dies",
  async () => {
    const broken = failingDisk()!;
    try {
      intake = await openIntake(join(directory, "log"), schema);
      const robot = robotLink(broken.path, intake.endpoint);
      robot.feed(0, 100);
      await vi.waitFor(() => expect(robot.link.status.acked).toBe(100), soon);
      broken.fail();
      for (const [from, to] of [
        [100, 1000],
        [1000, 2000],
        [2000, 3000],
      ] as const) {
        robot.feed(from, to);
        await vi.waitFor(() => expect(robot.link.status.acked).toBe(to), soon);
      }
      expect(robot.link.status.diskError).toContain("EROFS");
      intake.publish(policyParts(1, 1));
      await vi.waitFor(() => expect(robot.notes()).toHaveLength(2), soon);
      await robot.link.close(0);
      expect(robot.notes().slice(0, 2)).toEqual([
        expect.stringMatching(/^link: steps are not on disk: EROFS/),
        expect.stringMatching(/policy 1: not on disk, the one before stays: EROFS/),
      ]);
      expect(intake.steps.map(({ sequence }) => sequence)).toEqual(upTo(3000));
    } finally {
      broken.close();
    }
  },
);

test.runIf(canMount)("a policy that a full disk does not take is not missed: the next one comes whole", async () => {
  intake = await openIntake(join(directory, "log"), schema);
  const robot = robotLink(disk.path, intake.endpoint);
  robot.feed(0, 10);
  await vi.waitFor(() => expect(robot.link.status.acked).toBe(10), soon);
  disk.fill();
  intake.publish(policyParts(1, 1));
  await vi.waitFor(() => expect(robot.notes().join()).toMatch(/policy 1: not on disk, .* ENOSPC/), soon);
  disk.free();
  intake.publish(policyParts(2, 2));
  await vi.waitFor(() => expect(robot.heard).toContainEqual({ type: "swap", path: expect.any(String) }), soon);
  robot.link.take({ type: "acting", version: 2 });
  await robot.link.close();
});

test("a disk that turns read-only under a link: steps go out from memory, and it takes them again later", () => {
  let readOnly = false;
  const write = (file: number, bytes: Uint8Array, offset: number, length: number, position: number): number => {
    if (readOnly) throw Object.assign(new Error("EROFS: read-only file system, write"), { code: "EROFS" });
    return writeSync(file, bytes, offset, length, position);
  };
  const log = new RecordLog(join(directory, "spool"), { topics: [stepTopic(schema)], write });
  const spool = new Spool(log, 2 ** 20);
  const add = (from: number, to: number) => {
    for (const sequence of upTo(to, from)) spool.append(sequence, stepRow(sequence));
  };
  add(0, 10);
  expect(spool.flush()).toBeUndefined();
  readOnly = true;
  add(10, 30);
  expect(spool.flush()?.message).toContain("EROFS");
  expect(spool.written).toBe(10);
  expect(spool.take(0, 100)?.rows).toHaveLength(30);
  readOnly = false;
  expect(spool.flush()).toBeUndefined();
  expect([...log.read(0)].map(({ sequence }) => sequence)).toEqual(upTo(30));
});

test("a robot that senses something else does not mix its steps with those it has: refused by what differs", async () => {
  intake = await openIntake(join(directory, "log"), schema);
  const home = join(directory, "robot");
  const before = robotLink(directory, "tcp://127.0.0.1:9");
  before.feed(0, 20);
  await before.link.close(0);
  const spooled = () => readFileSync(join(home, "spool", "0000000000000000.mcap"));
  const kept = spooled();
  const other = { ...schema, observation: [{ ...schema.observation[0]!, shape: [3], units: ["rad", "rad", "rad"] }] };
  expect(() => robotLink(directory, intake!.endpoint, { its: other })).toThrow(
    `${home}: its steps are of another robot or task: observation angle: shape: expected [2], found [3]; begin another run`,
  );
  expect(spooled().equals(kept)).toBe(true);
  const asBefore = robotLink(directory, intake.endpoint); // and what waited goes out
  await vi.waitFor(() => expect(asBefore.link.status.acked).toBe(20), soon);
  await asBefore.link.close();
  expect(intake.steps.map(({ sequence }) => sequence)).toEqual(upTo(20));
});

test("a schema that cannot be read is named", () => {
  mkdirSync(join(directory, "damaged"));
  writeFileSync(join(directory, "damaged", "schema.json"), "{");
  expect(() => keepSchema(join(directory, "damaged"), schema)).toThrow(
    /damaged\/schema.json: expected a robot's schema/,
  );
  expect(existsSync(join(directory, "damaged", "schema.json.tmp"))).toBe(false);
});
