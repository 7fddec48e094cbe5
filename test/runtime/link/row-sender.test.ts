import { expect, test, vi } from "vitest";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import type { MarkLog } from "../../../runtime/link/mark-log.ts";
import { RowSender } from "../../../runtime/link/row-sender.ts";
import type { Broker, RowsName } from "../../../runtime/link/socket.ts";
import type { Spool } from "../../../runtime/link/spool.ts";
import { StageLog } from "../../../runtime/link/stage-log.ts";
import { stepRow } from "../../fakes/robot-link.ts";

/** A broker that says what it took, and answers when it is told to. */
function setUp(its: { readonly forget?: string; readonly maxBytes?: number; readonly steps?: number } = {}) {
  const { forget = "learner", maxBytes = 1e6, steps = 1000 } = its;
  const took: RowsName[] = [];
  const answers: ((isKept: boolean) => void)[] = [];
  const state = { isUp: true, next: steps };
  const broker: Broker = {
    maxBytes,
    keep: (name) => {
      if (!state.isUp) return undefined;
      took.push(name);
      return new Promise((resolve) => answers.push(resolve));
    },
    fetch: () => Promise.reject(new Error("none")),
  };
  const spool = {
    get next() {
      return state.next;
    },
    take: (from: number, most: number) => {
      const rows = Array.from({ length: Math.min(most, state.next - from) }, (_, i) => stepRow(from + i));
      return rows.length > 0 ? { first: from, rows } : undefined;
    },
  } as unknown as Spool;
  const { link } = RUNTIME_DEFAULTS;
  const sender = new RowSender({
    spool,
    stages: new StageLog(),
    marks: { take: () => [] } as unknown as MarkLog,
    settings: { ...link, batchRows: 100, windowRows: 300, nats: { ...link.nats, forget, retryMs: 1 } },
    lockstep: false,
    sees: false,
    stream: () => "s",
    streamFrom: () => 0,
    acked: 0,
    broker: () => broker,
    say: () => Promise.reject(new Error("rows go to the broker")),
    report: () => {},
  });
  return { sender, took, answers, state, firsts: () => took.map(({ first }) => first) };
}

const settled = () => new Promise(setImmediate);

test("the broker's word lets rows go on, the learner's alone lets them be forgotten", async () => {
  const { sender, answers, firsts } = setUp();
  sender.begin(0, false);
  await settled();
  expect(firsts()).toEqual([0, 100, 200]);
  answers[0]!(true);
  await settled();
  expect(firsts()).toEqual([0, 100, 200, 300]);
  expect([sender.safe, sender.acked, sender.forgettable]).toEqual([100, 0, 0]);
  sender.ack(50);
  expect(sender.forgettable).toBe(50);
});

test("where it is asked for, the broker's word is enough to forget", async () => {
  const { sender, answers } = setUp({ forget: "broker" });
  sender.begin(0, false);
  await settled();
  answers[0]!(true);
  await settled();
  expect([sender.forgettable, sender.acked]).toEqual([100, 0]);
});

test("what the broker did not keep goes out again under the same name; what the learner asks for, under another", async () => {
  const { sender, took, answers, firsts } = setUp();
  sender.begin(0, false);
  await settled();
  answers[1]!(true);
  answers[0]!(false);
  await settled();
  await vi.waitFor(() => {
    sender.beat(performance.now());
    expect(firsts()).toEqual([0, 100, 200, 0, 100, 200]);
  });
  expect(took[3]).toEqual(took[0]);
  sender.begin(0, true);
  await settled();
  expect(took[6]).toMatchObject({ first: 0, count: 100 });
  expect(took[6]!.turn).not.toBe(took[0]!.turn);
});

test("a learner that comes back is not sent what the broker has for it, unless it asks", async () => {
  const { sender, answers, firsts } = setUp();
  sender.begin(0, false);
  await settled();
  for (const answer of answers) answer(true);
  await settled();
  expect(firsts().at(-1)).toBe(500);
  sender.begin(120, false);
  await settled();
  expect(firsts()).toEqual([0, 100, 200, 300, 400, 500]);
  expect(sender.acked).toBe(120);
  sender.begin(120, true);
  await settled();
  expect(firsts()[6]).toBe(120);
});

test("a broker that is away is sent nothing, and everything once it is back", async () => {
  const { sender, state, firsts } = setUp();
  state.isUp = false;
  sender.begin(0, false);
  await settled();
  expect(firsts()).toEqual([]);
  state.isUp = true;
  sender.beat(performance.now());
  await settled();
  expect(firsts()).toEqual([0, 100, 200]);
});

test("no message is larger than the broker takes, but for a single step", async () => {
  const bytes = stepRow(0).length;
  const { sender, took } = setUp({ maxBytes: 32 * 1024 + 7 * bytes });
  sender.begin(0, false);
  await settled();
  expect(took[0]).toMatchObject({ first: 0, count: 7 });
  const tiny = setUp({ maxBytes: 10 });
  tiny.sender.begin(0, false);
  await settled();
  expect(tiny.took[0]).toMatchObject({ first: 0, count: 1 });
});
