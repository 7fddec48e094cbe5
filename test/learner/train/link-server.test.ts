import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Delivery, Incoming, LinkListener } from "../../../learner/link/listener.ts";
import type { LinkHost } from "../../../learner/train/link-host.ts";
import { LinkServer } from "../../../learner/train/link-server.ts";
import type { Policy } from "../../../learner/train/policy.ts";
import { Mailbox } from "../../../runtime/link/nats/mailbox.ts";
import { schemaHash } from "../../../runtime/step.ts";
import { decodeMessage, encodeMessage, type LearnerMessage, PROTOCOL } from "../../../runtime/wire/messages.ts";
import { policyParts, schema } from "../../runtime/policy/bundles.ts";

const said: [peer: string, LearnerMessage][] = [];
const notes: string[] = [];
let held = { next: 0, durable: 0 };
let mail: Mailbox<Incoming>;
let server: LinkServer;
let stored: (() => void)[] = [];

const host: LinkHost = {
  greet: async () => ({ resume: held.durable }),
  joined: () => {},
  rows: (_, first, payload) => {
    if (first > held.next) return "gap";
    held.next = Math.max(held.next, first + payload.length);
    return "taken";
  },
  skipTo: () => {},
  next: () => held.next,
  durable: () => held.durable,
  knows: (stream) => stream === "known",
  report: (line) => notes.push(line),
};

const listener = (): LinkListener => ({
  endpoint: "fake",
  send: async (peer, frames) => void said.push([peer, decodeMessage(frames).message as LearnerMessage]),
  policies: {
    put: ({ policyVersion }) =>
      new Promise((resolve) => stored.push(() => resolve({ weights: `w${policyVersion}`, graph: "g" }))),
  },
  close: async () => mail.close(),
  [Symbol.asyncIterator]: () => mail[Symbol.asyncIterator](),
});

beforeEach(() => {
  said.length = 0;
  notes.length = 0;
  held = { next: 0, durable: 0 };
  stored = [];
  mail = new Mailbox(100);
  server = LinkServer.over(listener(), host, () => 0);
  server.serve();
});
afterEach(() => server.close());

const settled = () => new Promise(setImmediate);

async function hello(machine: string, stream: string): Promise<void> {
  const frames = encodeMessage({
    type: "hello",
    protocol: PROTOCOL,
    robot: "arm",
    stream,
    schema,
    schemaHash: schemaHash(schema),
    next: 0,
    lockstep: false,
    graphHash: "",
    policyVersion: 0,
  });
  mail.push({ peer: `${machine}.1`, machine, frames });
  await settled();
}

/** Rows as a broker brings them; what became of them. */
async function bring(machine: string, stream: string, first: number, count: number, tries = 1): Promise<string[]> {
  const became: string[] = [];
  const delivery: Delivery = {
    machine,
    stream,
    tries,
    done: () => became.push("done"),
    again: () => became.push("again"),
  };
  const frames = encodeMessage({ type: "rows", stream, first, count, gap: false }, new Uint8Array(count));
  mail.push({ peer: `${machine}.${stream}`, machine, frames, delivery });
  await settled();
  return became;
}

test("a broker is told to forget rows when they are durable, and those it brings again at once", async () => {
  await hello("m", "s");
  const first = await bring("m", "s", 0, 5);
  const second = await bring("m", "s", 5, 5);
  expect([first, second]).toEqual([[], []]);
  held.durable = 5;
  server.ack("s", 5);
  expect([first, second]).toEqual([["done"], []]);
  expect(await bring("m", "s", 0, 5)).toEqual([]);
  held.durable = 10;
  server.ack("s", 10);
  expect(second).toEqual(["done"]);
  expect(await bring("m", "s", 5, 5)).toEqual(["done"]);
  expect(held.next).toBe(10);
});

test("rows behind a gap come again, their robot is asked once for what is missing, and in the end they are given up", async () => {
  await hello("m", "s");
  expect(await bring("m", "s", 7, 1)).toEqual(["again"]);
  expect(await bring("m", "s", 8, 1)).toEqual(["again"]);
  expect(said.filter(([, { type }]) => type === "welcome")).toHaveLength(2);
  expect(await bring("m", "s", 7, 1, 20)).toEqual(["done"]);
  expect(notes.join()).toContain("rows from 7 of m are given up: those before them did not come");
});

test("rows of a robot that was not greeted wait, unless the run knows their stream", async () => {
  expect(await bring("m", "s", 0, 1)).toEqual(["again"]);
  expect(await bring("m", "s", 0, 1, 20)).toEqual(["done"]);
  expect(notes.join()).toContain("given up: their robot did not say hello");
  expect(held.next).toBe(0);
  await bring("m", "known", 0, 3);
  expect(held.next).toBe(3);
});

test("a machine cannot bring rows under another's stream", async () => {
  await hello("m", "s");
  expect(await bring("thief", "s", 0, 1)).toEqual(["done"]);
  expect(held.next).toBe(0);
  expect(notes.join()).toContain("expected rows of stream s from m, found them from thief");
});

test("robots are told of a policy when the broker has it; one that was overtaken is left out; a permit waits", async () => {
  await hello("m", "s");
  for (const version of [1, 2, 3]) server.publish(policyParts(version, 1) as Policy);
  server.permit("s", 9);
  await settled();
  const told = () => said.flatMap(([, message]) => (message.type === "weights" ? [message.names] : []));
  expect([told(), stored.length]).toEqual([[], 1]);
  stored[0]!();
  await settled();
  stored[1]!();
  await settled();
  expect(stored).toHaveLength(2);
  expect(told()).toEqual([{ weights: "w1", graph: "g" }]);
  const isPermit = ([, { type }]: (typeof said)[number]) => type === "permit";
  expect(said.some(isPermit)).toBe(false);
  for (const policyVersion of [1, 3]) {
    mail.push({ peer: "m.1", machine: "m", frames: encodeMessage({ type: "got", policyVersion, index: 0 }) });
    await settled();
  }
  expect(told()).toEqual([
    { weights: "w1", graph: "g" },
    { weights: "w3", graph: "g" },
  ]);
  expect(said.filter(isPermit)).toHaveLength(1);
});

test("over a broker a robot is told again, once a second, what it may not have heard: its policy, then its permit, and its ack", async () => {
  vi.useFakeTimers({ toFake: ["setInterval"] });
  try {
    await server.close();
    mail = new Mailbox(100);
    server = LinkServer.over(listener(), host, () => 0);
    server.serve();
    await hello("m", "s");
    said.length = 0;
    server.publish(policyParts(1, 1) as Policy);
    server.permit("s", 9);
    stored[0]!();
    await settled();
    held.durable = 7;
    const types = () => said.splice(0).map(([, { type }]) => type);
    expect(types()).toEqual(["weights"]);
    vi.advanceTimersByTime(1000);
    expect(types()).toEqual(["alive", "ack", "weights"]);
    mail.push({ peer: "m.1", machine: "m", frames: encodeMessage({ type: "got", policyVersion: 1, index: 0 }) });
    await settled();
    expect(types()).toEqual(["permit"]);
    vi.advanceTimersByTime(1000);
    expect(said[1]![1]).toEqual({ type: "ack", next: 7 });
    expect(types()).toEqual(["alive", "ack", "permit"]);
  } finally {
    vi.useRealTimers();
  }
});
