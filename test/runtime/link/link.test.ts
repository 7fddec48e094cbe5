import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { FromLink } from "../../../runtime/ipc.ts";
import type { Link } from "../../../runtime/link/link.ts";
import { connectDealer } from "../../../runtime/link/socket.ts";
import { StandardTopics } from "../../../runtime/log/standard-topics.ts";
import { verifyFile } from "../../../runtime/log/verify.ts";
import type { RobotSpec } from "../../../runtime/robot.ts";
import type { StepSchema } from "../../../runtime/step.ts";
import { monotonicSeconds } from "../../../runtime/wire/peer-clock.ts";
import { decodeSteps, stepLayout } from "../../../runtime/wire/step-codec.ts";
import { type RobotLinkOptions, robotLink, stepRow, upTo } from "../../fakes/robot-link.ts";
import { policyParts, schema } from "../policy/bundles.ts";
import { FakeLearner } from "../supervisor/fake-learner.ts";

const layout = stepLayout(schema);
const soon = { timeout: 8000, interval: 5 };

let run = "";
let learner: FakeLearner;
let heard: FromLink[] = [];
let open: Link[] = [];

beforeEach(async () => {
  run = fs.mkdtempSync(join(tmpdir(), "reverie-link-"));
  learner = await FakeLearner.bind(layout);
  heard = [];
});
afterEach(async () => {
  await Promise.all(open.map((link) => link.close()));
  open = [];
  await learner.close();
  fs.rmSync(run, { recursive: true, force: true });
});

type Options = Pick<RobotLinkOptions, "link" | "resumed" | "its" | "standard"> & { readonly lockstep?: boolean };

function start({ lockstep = false, link, ...its }: Options = {}): Link {
  const clock = lockstep ? "lockstep" : "realtime";
  const quick = { silentMs: 150, resendMs: 10_000, ...link };
  const made = robotLink(run, learner.endpoint, {
    ...its,
    clock,
    link: quick,
    downStage: "down",
    connect: connectDealer,
    heard,
  });
  open.push(made.link);
  return made.link;
}

async function end(link: Link): Promise<void> {
  open = open.filter((other) => other !== link);
  await link.close();
}

function feed(link: Link, from: number, to: number): void {
  for (let sequence = from; sequence < to; sequence++) {
    link.take({ type: "step", sequence, episode: 0, row: stepRow(sequence) });
  }
}

const ofType = <T extends FromLink["type"]>(type: T) =>
  heard.filter((message): message is Extract<FromLink, { type: T }> => message.type === type);

test("every step arrives once, in order, as it was, and the spool lets go of what is acked", async () => {
  const link = start();
  expect(heard[0]).toEqual({ type: "opened", sequence: 0, episode: 0 });
  feed(link, 0, 700);
  await vi.waitFor(() => expect(link.status).toMatchObject({ acked: 700, spoolDepth: 0, state: "connected" }), soon);
  expect(learner.received).toEqual(upTo(700));
  expect(learner.duplicates).toBe(0);
  expect(decodeSteps(layout, learner.rows[321]!)[0]).toMatchObject({ sequence: 321, reward: 321, isFirst: false });
  expect(ofType("written").at(-1)).toEqual({ type: "written", through: 700 });
});

test("rows say their stages, none where it is not known, and hello names the one of a robot that fell", async () => {
  const link = start({ link: { batchMs: 20 } });
  feed(link, 0, 2);
  for (const [i, stage] of ["down", "down", "up"].entries()) {
    link.take({ type: "step", sequence: 2 + i, episode: 0, stage, row: stepRow(2 + i) });
  }
  await vi.waitFor(() => expect(link.status.acked).toBe(5), soon);
  const said: string[] = [];
  for (const { first, runs } of learner.stages) {
    said.splice(first, Number.POSITIVE_INFINITY, ...runs!.flatMap(([stage, steps]) => new Array(steps).fill(stage)));
  }
  expect(said).toEqual(["", "", "down", "down", "up"]);
  expect(learner.hellos.at(-1)?.downStage).toBe("down");
});

test("marks go with their rows, whatever is lost, dies or is fed twice", async () => {
  let count = 0;
  learner.lose = () => ++count % 3 === 1;
  const mark = (sequence: number) => ({ mark: "worked", timeMs: sequence }) as const;
  const feedMarked = (link: Link, from: number, to: number) => {
    for (let sequence = from; sequence < to; sequence++) {
      const marked = sequence % 10 === 3 ? { marks: [mark(sequence)] } : {};
      link.take({ type: "step", sequence, episode: 0, row: stepRow(sequence), ...marked });
    }
  };
  const first = start({ link: { batchRows: 16, resendMs: 50, flushMs: 1 } });
  feedMarked(first, 0, 100);
  await end(first);
  const second = start({ resumed: true, link: { batchRows: 16, resendMs: 50 } });
  feedMarked(second, 80, 130);
  await vi.waitFor(() => expect(second.status.acked).toBe(130), soon);
  const expected = upTo(13).map((i) => [10 * i + 3, "worked", 10 * i + 3]);
  expect(learner.marks).toEqual(expected);
  const lines = fs
    .readFileSync(join(run, "robot", "marks.jsonl"), "utf8")
    .trim()
    .split("\n");
  expect(lines.map((line) => JSON.parse(line).sequence)).toEqual(expected.map(([sequence]) => sequence));
  expect(JSON.parse(lines[0]!)).toEqual({
    stream: learner.hellos[0]!.stream,
    sequence: 3,
    mark: "worked",
    time: "1970-01-01T00:00:00.003Z",
  });
});

test("batches lost on the way are sent again", async () => {
  let count = 0;
  learner.lose = () => ++count % 3 === 1;
  const link = start({ link: { batchRows: 16, resendMs: 100 } });
  feed(link, 0, 500);
  await vi.waitFor(() => expect(link.status.acked).toBe(500), soon);
  expect(count).toBeGreaterThan(500 / 16);
  expect(learner.received).toEqual(upTo(500));
});

test("a learner that comes late, dies and comes back misses nothing", async () => {
  const { endpoint } = learner;
  await learner.close();
  const link = start();
  feed(link, 0, 300);
  learner = await FakeLearner.bind(layout, endpoint);
  await vi.waitFor(() => expect(learner.next).toBe(300), soon);
  await learner.close();
  feed(link, 300, 600);
  learner = await FakeLearner.bind(layout, endpoint);
  learner.next = 300;
  await vi.waitFor(() => expect(learner.next).toBe(600), soon);
  expect(learner.received).toEqual(upTo(600, 300));
});

test("a learner that falls silent is connected to anew", async () => {
  const link = start();
  await vi.waitFor(() => expect(link.status.state).toBe("connected"), soon);
  learner.deaf = true;
  feed(link, 0, 50);
  await vi.waitFor(() => expect(link.status.state).toBe("connecting"), soon);
  learner.deaf = false;
  await vi.waitFor(() => expect(link.status.acked).toBe(50), soon);
  expect(learner.hellos.length).toBeGreaterThan(1);
  expect(learner.received).toEqual(upTo(50));
});

test("what was not acked is sent by the next process, from disk, and steps that are fed twice count once", async () => {
  learner.acking = false;
  learner.lose = () => true;
  const first = start();
  feed(first, 0, 3000);
  await end(first);
  learner.acking = true;
  learner.lose = () => false;
  const second = start({ resumed: true });
  expect(ofType("opened").at(-1)).toEqual({ type: "opened", sequence: 3000, episode: 30 });
  feed(second, 2500, 3500);
  await vi.waitFor(() => expect(second.status.acked).toBe(3500), soon);
  expect(learner.received).toEqual(upTo(3500));
  expect(learner.hellos[0]!.stream).toBe(learner.hellos.at(-1)!.stream);
});

test("no more than the window is ever on its way", async () => {
  learner.acking = false;
  const link = start({ link: { windowRows: 100, batchRows: 30 } });
  feed(link, 0, 1000);
  await vi.waitFor(() => expect(learner.received.length).toBe(100), soon);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(learner.received.length).toBe(100);
});

test("a learner that lost its log is told that the steps are gone", async () => {
  const { endpoint } = learner;
  const link = start();
  feed(link, 0, 200);
  await vi.waitFor(() => expect(link.status.acked).toBe(200), soon);
  await end(link);
  fs.rmSync(join(run, "robot", "spool"), { recursive: true });
  fs.mkdirSync(join(run, "robot", "spool"));
  fs.writeFileSync(join(run, "robot", "spool", "0000000000000200.mcap"), "");
  await learner.close();
  learner = await FakeLearner.bind(layout, endpoint);
  const again = start();
  feed(again, 200, 210);
  await vi.waitFor(() => expect(again.status.acked).toBe(210), soon);
  expect(learner.gaps).toEqual([200]);
  expect(decodeSteps(layout, learner.rows[0]!)[0]).toMatchObject({ sequence: 200, isFirst: true });
  expect(decodeSteps(layout, learner.rows[1]!)[0]).toMatchObject({ sequence: 201, isFirst: false });
});

test("a learner that knows more of a stream than the spool gets a new one", async () => {
  learner.next = 1000;
  learner.onWelcome = () => {
    learner.next = 0;
  };
  const link = start();
  feed(link, 0, 10);
  await vi.waitFor(() => expect(learner.hellos.length).toBe(2), soon);
  feed(link, 10, 20);
  await vi.waitFor(() => expect(link.status.acked).toBe(20), soon);
  expect(learner.hellos[1]!.stream).not.toBe(learner.hellos[0]!.stream);
});

test("a new stream begins behind what was acked under the name before it", async () => {
  const { endpoint } = learner;
  const link = start();
  feed(link, 0, 30);
  await vi.waitFor(() => expect(link.status.acked).toBe(30), soon);
  await learner.close();
  feed(link, 30, 40);
  learner = await FakeLearner.bind(layout, endpoint);
  learner.next = 1000;
  learner.onWelcome = () => {
    learner.next = 0;
  };
  await vi.waitFor(() => expect(link.status.acked).toBe(40), soon);
  expect(learner.received).toEqual(upTo(40, 30));
  expect(learner.gaps).toEqual([30]);
});

/** As a kill leaves it: nothing was closed. */
async function kill(link: Link, sameBoot: boolean): Promise<void> {
  const names = ["stream.json", "boot"].map((name) => join(run, "robot", name));
  const kept = names.map((path) => (fs.existsSync(path) ? fs.readFileSync(path) : undefined));
  await end(link);
  for (const [i, path] of names.entries()) {
    if (kept[i] === undefined) fs.rmSync(path, { force: true });
    else fs.writeFileSync(path, kept[i]);
  }
  if (!sameBoot) fs.writeFileSync(join(run, "robot", "boot"), "another\n");
}

test("killed at any moment, the count goes on without a gap", async () => {
  const beforeItsFirst = start();
  await kill(beforeItsFirst, true);
  let sequence = 0;
  for (let life = 0; life < 3; life++) {
    const link = start();
    expect(ofType("opened").at(-1)!.sequence).toBe(sequence);
    feed(link, sequence, sequence + 10);
    sequence += 10;
    await vi.waitFor(() => expect(link.status.acked).toBe(sequence), soon);
    await kill(link, true);
  }
  expect(learner.received).toEqual(upTo(30));
  expect(learner.gaps).toEqual([]);
});

test("after a power loss, numbers that may have gone out are not given again, whoever is killed next", async () => {
  const killed = start();
  feed(killed, 0, 10);
  await vi.waitFor(() => expect(killed.status.acked).toBe(10), soon);
  await kill(killed, false);
  await kill(start(), true);
  await end(start());
  const next = start();
  const { sequence } = ofType("opened").at(-1)!;
  expect(sequence).toBeGreaterThan(10);
  feed(next, sequence, sequence + 5);
  await vi.waitFor(() => expect(next.status.acked).toBe(sequence + 5), soon);
  expect(learner.gaps).toEqual([sequence]);
  expect(decodeSteps(layout, learner.rows.at(-5)!)[0]!.isFirst).toBe(true);
  await kill(next, true);
  start();
  expect(ofType("opened").at(-1)!.sequence).toBe(sequence + 5);
});

test("what was acked stays on the robot as far as it has room, and is not sent again", async () => {
  const files = () => fs.readdirSync(join(run, "robot", "spool")).filter((name) => name.endsWith(".mcap")).length;
  const small = { segmentMb: 0.004, recordingMb: 0.06 };
  const first = start({ link: small });
  for (let from = 0; from < 200; from += 20) {
    feed(first, from, from + 20);
    await vi.waitFor(() => expect(first.status.acked).toBe(from + 20), soon);
  }
  await end(first);
  const kept = files();
  expect(kept).toBeGreaterThan(2);
  const second = start({ link: small });
  expect(second.status).toMatchObject({ acked: 200, spoolDepth: 0 });
  for (let from = 200; from < 500; from += 20) {
    feed(second, from, from + 20);
    await vi.waitFor(() => expect(second.status.acked).toBe(from + 20), soon);
  }
  expect(files()).toBeLessThan(kept + 4);
  expect(learner.received).toEqual(upTo(500));
  expect(learner.duplicates).toBe(0);
});

test("a learner that lost its log gets what the robot still has", async () => {
  const { endpoint } = learner;
  const link = start();
  feed(link, 0, 200);
  await vi.waitFor(() => expect(link.status.acked).toBe(200), soon);
  await learner.close();
  learner = await FakeLearner.bind(layout, endpoint);
  await vi.waitFor(() => expect(learner.received).toEqual(upTo(200)), soon);
  expect(learner.gaps).toEqual([]);
});

test("a refusal is passed on and final", async () => {
  learner.refuse = "another robot";
  const link = start();
  await vi.waitFor(() => expect(ofType("refused")).toEqual([{ type: "refused", reason: "another robot" }]), soon);
  await link.ended;
  expect(learner.hellos.length).toBe(1);
});

test("a permit waits until the policy it was sent after acts", async () => {
  const { manifest, graph, weights } = policyParts(4, 2);
  const link = start({ lockstep: true });
  learner.onWelcome = () => {
    void learner.sendPolicy({ manifest, weights, graph }).then(() => learner.send({ type: "permit", through: 9 }));
  };
  await vi.waitFor(() => expect(ofType("swap").length).toBe(1), soon);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(ofType("permit")).toEqual([]);
  expect(fs.existsSync(join(ofType("swap")[0]!.path, "done"))).toBe(true);
  link.take({ type: "acting", version: 4 });
  await vi.waitFor(() => expect(ofType("permit")).toEqual([{ type: "permit", through: 9 }]), soon);
});

test("a policy that is damaged, or turned down by the policy process, is reported and the permit goes on", async () => {
  const { manifest, graph, weights } = policyParts(4, 2);
  const link = start({ lockstep: true });
  learner.onWelcome = async () => {
    await learner.sendPolicy({ manifest, weights: weights.with(weights.length - 1, 7), graph });
    await learner.send({ type: "permit", through: 5 });
    await learner.sendPolicy({ manifest, weights, graph });
    await learner.send({ type: "permit", through: 6 });
  };
  await vi.waitFor(() => expect(ofType("permit").length).toBe(1), soon);
  expect(ofType("note").map(({ text }) => text)).toEqual([
    expect.stringContaining("policy 4: weights: expected sha256"),
  ]);
  await vi.waitFor(() => expect(ofType("swap").length).toBe(1), soon);
  link.take({ type: "kept", path: "", reason: "policy 4: expected finite answers" });
  await vi.waitFor(() => expect(ofType("permit").length).toBe(2), soon);
});

test("the graph is fetched once, and hello tells what the robot has", async () => {
  const first = policyParts(1, 1);
  const second = policyParts(2, 2);
  const link = start();
  learner.onWelcome = async () => {
    learner.onWelcome = () => {};
    await learner.sendPolicy(first);
    await learner.sendPolicy({ ...second, graph: new Uint8Array(0) });
  };
  await vi.waitFor(() => expect(ofType("swap").length).toBe(1), soon);
  link.take({ type: "acting", version: 1 });
  await vi.waitFor(() => expect(ofType("swap").length).toBe(2), soon);
  link.take({ type: "acting", version: 2 });
  await end(link);
  start();
  await vi.waitFor(() => expect(learner.hellos.at(-1)).toMatchObject({ policyVersion: 2 }), soon);
  expect(learner.hellos[0]).toMatchObject({ policyVersion: 0 });
  expect(learner.hellos.at(-1)).toMatchObject({ graphHash: first.manifest.graphHash });
});

test("images come with their rows, few enough at a time, also those of a process before; what is gone is said", async () => {
  const its: StepSchema = {
    ...schema,
    observation: [...schema.observation, { name: "eye", dtype: "uint8", shape: [10, 10, 3], units: ["1"] }],
  };
  const image = (sequence: number) => new Uint8Array(300).fill(sequence);
  const feedSeen = (link: Link, from: number, to: number) => {
    for (let sequence = from; sequence < to; sequence++) {
      const seen = { images: [{ name: "eye", encoding: "raw", data: image(sequence) }] } as const;
      const blind = sequence % 10 === 7;
      link.take({ type: "step", sequence, episode: 0, row: stepRow(sequence), ...(blind ? {} : seen) });
    }
  };
  learner.schema = its;
  learner.acking = false;
  const first = start({ its, link: { batchMb: 0.001, windowMb: 0.01 } });
  feedSeen(first, 0, 100);
  await vi.waitFor(() => expect(learner.images.size).toBeGreaterThan(20), soon);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(learner.images.size).toBeLessThan(50); // 10 KB of images on their way, 1 KB a message
  expect(learner.stages.length).toBeGreaterThan(5);
  await end(first);
  learner.acking = true;
  const second = start({ its, link: { batchMb: 0.001, windowMb: 0.01 } });
  feedSeen(second, 100, 120);
  await vi.waitFor(() => expect(second.status.acked).toBe(120), soon);
  expect(learner.received).toEqual(upTo(120));
  for (const sequence of upTo(120)) {
    const found = learner.images.get(sequence);
    if (sequence % 10 === 7) expect(found).toBeUndefined();
    else expect(found!.map(({ data }) => Buffer.from(data).equals(image(sequence)))).toEqual([true]);
  }
  expect(second.status.imagesGivenUp).toEqual({ acked: 0, unacked: 0 });
});

test("the recording is there for others: steps, joints, IMU, and what made it", async () => {
  const spec = { joints: [{ name: "hip" }], imu: { orientation: "pose", angularVelocity: "gyro" } };
  const standard = new StandardTopics(spec as unknown as RobotSpec);
  const measured = standard.pack({
    position: Float64Array.of(1),
    velocity: Float64Array.of(2),
    effort: Float64Array.of(3),
    sensors: { pose: Float64Array.of(1, 0, 0, 0), gyro: new Float64Array(3) },
  });
  const link = start({ standard });
  for (let i = 0; i < 10; i++) link.take({ type: "step", sequence: i, episode: 0, row: stepRow(i), measured });
  await vi.waitFor(() => expect(link.status.acked).toBe(10), soon);
  await end(link);
  const found = await verifyFile(join(run, "robot", "spool", "0000000000000000.mcap"));
  expect(found.topics).toEqual({ "/step": 10, "/joint_states": 10, "/imu": 10 });
  expect(found.attachments).toEqual(["config.json", "schema.json"]);
  expect(found.metadata.reverie).toMatchObject({ robot: schema.robot, stream: learner.hellos[0]!.stream });
  const again = start();
  expect(ofType("opened").at(-1)).toMatchObject({ sequence: 10 });
  feed(again, 10, 20);
  await vi.waitFor(() => expect(again.status.acked).toBe(20), soon);
});

test("the learner's clock is known within a moment, and a policy's age counts from when the learner made it", async () => {
  const { manifest, weights, graph } = policyParts(1, 1);
  const link = start();
  await vi.waitFor(() => expect(link.status.clock?.error).toBeLessThan(0.1), soon);
  expect(link.status.clock!.offset).toBeCloseTo(5000, 1);
  await vi.waitFor(() => expect(learner.clock.offset?.error).toBeLessThan(0.1), soon);
  expect(learner.clock.offset!.offset).toBeCloseTo(-5000, 1);
  void learner.sendPolicy({ manifest, weights, graph }, monotonicSeconds() + 5000 - 7);
  await vi.waitFor(() => expect(heard.some(({ type }) => type === "swap")).toBe(true), soon);
  link.take({ type: "acting", version: 1 });
  const { policyVersion, atSeconds } = link.status.policyMade!;
  expect(policyVersion).toBe(1);
  const age = monotonicSeconds() - atSeconds;
  expect(age).toBeGreaterThan(6.9);
  expect(age).toBeLessThan(15);
  link.take({ type: "acting", version: 0 });
  expect(link.status.policyMade).toBeUndefined();
});

test.runIf(fs.existsSync("/proc/sys/kernel/random/boot_id"))(
  "the learner is told from which step on times are of this boot's clock",
  async () => {
    const link = start();
    for (let sequence = 0; sequence < 5; sequence++)
      link.take({ type: "step", sequence, episode: 0, row: stepRow(sequence) });
    await vi.waitFor(() => expect(learner.received).toHaveLength(5), soon);
    await end(link);
    const again = start();
    await vi.waitFor(() => expect(learner.hellos).toHaveLength(2), soon);
    await end(again);
    fs.writeFileSync(join(run, "robot", "dated"), "another boot\n0\n");
    const after = start();
    await vi.waitFor(() => expect(learner.hellos).toHaveLength(3), soon);
    expect(learner.hellos.map(({ datedFrom }) => datedFrom)).toEqual([0, 0, 5]);
    await end(after);
  },
);
