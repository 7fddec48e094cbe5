import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LinkServer } from "../../../learner/train/link-server.ts";
import type { Policy } from "../../../learner/train/policy.ts";
import { KeyStore } from "../../../runtime/trust/key-store.ts";
import { type Keys, makeKeys } from "../../../runtime/trust/keys.ts";
import { learnerTrust, robotTrust } from "../../../runtime/trust/trust.ts";
import { type RobotLink, robotLink } from "../../fakes/robot-link.ts";
import { RowsHost } from "../../fakes/rows-host.ts";
import { policyParts } from "../policy/bundles.ts";

const soon = { timeout: 8000, interval: 10 };

let directory: string;
let closing: (() => Promise<void>)[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "reverie-trust-"));
  closing = [];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
  rmSync(directory, { recursive: true, force: true });
});

const keysOf = (machine: string): string => join(directory, "keys", machine);

/** A machine with keys that allows the others. */
async function machine(name: string): Promise<Keys> {
  const keys = await makeKeys(name);
  new KeyStore(keysOf(name)).save(keys);
  return keys;
}

function allow(name: string, ...peers: Keys[]): void {
  for (const peer of peers) new KeyStore(keysOf(name)).allow(peer);
}

async function startLearner(): Promise<{ server: LinkServer; host: RowsHost }> {
  const host = new RowsHost();
  const trust = learnerTrust("tcp://127.0.0.1:*", { keys: keysOf("learner") });
  const server = await host.bind("tcp://127.0.0.1:*", () => performance.now(), trust);
  closing.push(() => server.close());
  return { server, host };
}

function startRobot(name: string, endpoint: string, run = name): RobotLink {
  const robot = robotLink(join(directory, run), endpoint, { keys: keysOf(name) });
  closing.push(() => robot.link.close(10));
  return robot;
}

const policy = (version: number): Policy => policyParts(version, 1);

test("a robot and its learner know each other; a stranger is not heard", { timeout: 30_000 }, async () => {
  const [learner, robot] = await Promise.all([machine("learner"), machine("robot"), machine("stranger")]);
  allow("learner", robot);
  allow("robot", learner);
  allow("stranger", learner);
  const { server, host } = await startLearner();
  const other = startRobot("stranger", server.endpoint);
  const { feed, heard } = startRobot("robot", server.endpoint);
  other.feed(0, 5);
  feed(0, 5);
  await vi.waitFor(() => expect(host.rowsTaken).toBe(5), soon);
  expect(server.robots).toBe(1);
  server.publish(policy(1));
  await vi.waitFor(() => expect(heard.some(({ type }) => type === "swap")).toBe(true), soon);
  await vi.waitFor(() => expect(host.notes.some((line) => line.includes("its key is not allowed"))).toBe(true), soon);
  expect(server.robots).toBe(1);
  expect(other.heard.some(({ type }) => type === "swap")).toBe(false);
});

test("a robot turns down a policy that its learner did not sign", { timeout: 30_000 }, async () => {
  const [learner, robot] = await Promise.all([machine("learner"), machine("robot")]);
  allow("learner", robot);
  // The learner's connection in somebody else's hands: the CURVE key is right, the signing key is not.
  const { sign } = await makeKeys("learner");
  allow("robot", { ...learner, sign });
  const { server } = await startLearner();
  const { link, heard, notes } = startRobot("robot", server.endpoint);
  await vi.waitFor(() => expect(link.status.state).toBe("connected"), soon);
  server.publish(policy(1));
  await vi.waitFor(
    () => expect(notes().join()).toContain("policy 1: expected it signed by learner, found it not"),
    soon,
  );
  expect(heard.some(({ type }) => type === "swap")).toBe(false);
});

test("an allowed machine cannot speak for another, nor go on with another's stream", { timeout: 30_000 }, async () => {
  const [learner, one, two] = await Promise.all([machine("learner"), machine("one"), machine("two")]);
  allow("learner", one, two);
  allow("one", learner);
  allow("two", learner);
  const { server } = await startLearner();
  const first = startRobot("one", server.endpoint, "shared");
  await vi.waitFor(() => expect(first.link.status.state).toBe("connected"), soon);
  await closing.pop()!();
  const second = startRobot("two", server.endpoint, "shared");
  const refused = () => second.heard.flatMap((message) => (message.type === "refused" ? [message.reason] : []));
  await vi.waitFor(
    () => expect(refused()).toEqual([expect.stringMatching(/^keys: expected stream \w+ from one, found two$/)]),
    soon,
  );
});

test("keys are asked for beyond this machine, and what is missing is named with its remedy", async () => {
  const beyond = "tcp://192.168.1.5:5556";
  expect(robotTrust("tcp://127.0.0.1:5556", {})).toBeUndefined();
  expect(learnerTrust("tcp://localhost:5556", {})).toBeUndefined();
  const keys = keysOf("robot");
  expect(() => robotTrust(beyond, { keys })).toThrow(
    `${keys}: expected keys of this machine, as ${beyond} needs them, found none: reverie keys new`,
  );
  const [a, b] = await Promise.all([machine("a"), machine("b"), machine("robot")]);
  expect(() => learnerTrust(beyond, { keys })).toThrow("found nobody allowed: reverie keys allow");
  allow("robot", a);
  expect(robotTrust(beyond, { keys })?.learner.name).toBe("a");
  allow("robot", b);
  expect(() => robotTrust(beyond, { keys })).toThrow("expected --learner-name to be one of a, b, found none");
  expect(() => robotTrust(beyond, { keys, learner: "c" })).toThrow("found c");
  expect(robotTrust(beyond, { keys, learner: "b" })?.learner.name).toBe("b");
  expect(learnerTrust(beyond, { keys })?.robots.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(() => robotTrust("here", {})).toThrow('found "here"');
});
