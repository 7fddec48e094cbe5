import { expect, test } from "vitest";
import { isActive, parseFaults } from "../../../drivers/mock/faults.ts";
import { syncReplies } from "../../../drivers/serial/servo-bus.ts";
import { busOf, row } from "./bus-of.ts";

test("a list of faults is taken as it is", () => {
  const list = [
    { kind: "corrupt", share: 0.01, bytes: 2 },
    { kind: "unplug", from: 3, for: 2, reported: true },
    { kind: "brown-out", volts: 5 },
    { kind: "wrong-id", servo: 2, id: 9 },
  ];
  expect(parseFaults(list)).toEqual(list);
});

test.each([
  [{}, /expected a list, found \{\}/],
  [[{ kind: "fire" }], /fault 1: expected a kind of drop, .*, found "fire"/],
  [[{ kind: "drop" }], /fault 1 \(drop\): expected "share", found none/],
  [[{ kind: "drop", share: 1.5 }], /expected a share up to 1, found 1\.5/],
  [
    [
      { kind: "dead", servo: 1 },
      { kind: "delay", ms: -1 },
    ],
    /fault 2 \(delay\): expected "ms" to be a number of at least 0/,
  ],
  [[{ kind: "dead", servo: 1, speed: 3 }], /no "speed"; here there are kind, from, for, servo/],
])("%j is refused, naming the fault", (list, message) => {
  expect(() => parseFaults(list)).toThrow(message);
});

test("a fault is there from its beginning, for as long as it lasts", () => {
  const fault = { from: 2, for: 3 };
  expect([1.9, 2, 4.9, 5].map((seconds) => isActive(fault, seconds))).toEqual([false, true, true, false]);
  expect(isActive({}, 1e9)).toBe(true);
});

test("a fault of a servo that is not there is refused", () => {
  expect(() => busOf("sts", row(2), { emulation: { faults: [{ kind: "wrong-id", servo: 7, id: 1 }] } })).toThrow(
    /no servo 7; here there are 1, 2/,
  );
});

test("the same seed makes the same faults, another seed others", async () => {
  const heard = async (seed: number): Promise<string> => {
    const faults = [
      { kind: "drop", share: 0.3 },
      { kind: "corrupt", share: 0.3 },
    ] as const;
    const { bus } = busOf("sts", row(3), { emulation: { faults, seed }, line: { slackMs: 1, lostAfter: 1000 } });
    await bus.open();
    const replies = syncReplies(3, 1);
    let all = "";
    for (let i = 0; i < 20; i++) {
      await bus.syncRead([1, 2, 3], 63, 1, replies);
      all += replies.fresh.join("");
    }
    await bus.close();
    return all;
  };
  expect(await heard(1)).toBe(await heard(1));
  expect(await heard(1)).not.toBe(await heard(2));
});

test("a reversed motor turns and reports the other way round", async () => {
  const { bus, plant } = busOf("sts", row(1), { emulation: { faults: [{ kind: "reversed", servo: 1 }] } });
  plant.place(0, 0.5);
  await bus.open();
  const [low, high] = await bus.read(1, 56, 2);
  expect(low! + 256 * high!).toBe(2048 - Math.round((0.5 * 4096) / (2 * Math.PI)));
  await bus.close();
});

test("answers take as long as the wire needs when it is paced", async () => {
  const { bus } = busOf("sts", row(4), { emulation: { pacedBaud: 9600 }, line: { slackMs: 200 } });
  await bus.open();
  const begin = performance.now();
  await bus.syncRead([1, 2, 3, 4], 56, 6, syncReplies(4, 6));
  const wireMs = ((4 + 8 + 4 * 12) * 10_000) / 9600; // request and answers
  expect(performance.now() - begin).toBeGreaterThan(0.98 * wireMs);
  await bus.close();
});

test("faults begin when they are injected, and the trace of what they change is the same for a seed", async () => {
  const trace = async (seed: number): Promise<readonly string[]> => {
    const { bus, emulated } = busOf("sts", row(3), { emulation: { seed }, line: { slackMs: 1, lostAfter: 1000 } });
    const changed: string[] = [];
    emulated.onFault = (kind, servo) => changed.push(`${kind} ${servo}`);
    await bus.open();
    const replies = syncReplies(3, 1);
    for (let i = 0; i < 5; i++) await bus.syncRead([1, 2, 3], 63, 1, replies);
    expect(changed).toEqual([]);
    emulated.inject([
      { kind: "drop", share: 0.2 },
      { kind: "corrupt", share: 0.2, servo: 2 },
    ]);
    for (let i = 0; i < 20; i++) await bus.syncRead([1, 2, 3], 63, 1, replies);
    await bus.close();
    return changed;
  };
  const first = await trace(1);
  expect(first.length).toBeGreaterThan(5);
  expect(await trace(1)).toEqual(first);
  expect(await trace(2)).not.toEqual(first);
  const { emulated } = busOf("sts", row(2));
  expect(() => emulated.inject([{ kind: "dead", servo: 9 }])).toThrow(/no servo 9; here there are 1, 2/);
});

test("a cable pulled in the middle of a packet: half a reply comes, then nothing", async () => {
  const { emulated } = busOf("sts", row(1));
  const heard: number[] = [];
  emulated.onBytes = (bytes) => heard.push(bytes.length);
  const ping = Uint8Array.of(0xff, 0xff, 1, 2, 1, 0xfb);
  emulated.receive(ping);
  emulated.inject([{ kind: "unplug", midPacket: true }]);
  emulated.receive(ping);
  emulated.receive(ping);
  expect(heard).toEqual([6, 3]);
});

test("servos of another model, another speed, and with a slipped horn are what they are until it is over", async () => {
  const { bus, emulated, plant } = busOf("sts", row(3));
  await bus.open();
  emulated.inject([
    { kind: "wrong-model", servo: 1, model: 1284, for: 0.05 },
    { kind: "slipped", servo: 2, rad: Math.PI / 2, for: 0.05 },
    { kind: "over-current", servo: 3, amps: 2.6 },
  ]);
  plant.place(1, 0);
  const position = async (): Promise<number> => {
    const [low, high] = await bus.read(2, 56, 2);
    return low! + 256 * high!;
  };
  expect((await bus.ping(1))?.model).toBe(1284);
  expect(await position()).toBe(2048 + 1024);
  expect([...(await bus.read(3, 69, 2))]).toEqual([400 & 0xff, 400 >> 8]);
  await new Promise((wake) => setTimeout(wake, 60));
  expect((await bus.ping(1))?.model).toBe(777);
  expect(await position()).toBe(2048);
  emulated.inject([{ kind: "wrong-baud", servo: 1, baud: 500_000 }]);
  emulated.baud = 1_000_000;
  expect(await bus.ping(1, true)).toBeUndefined();
  expect((await bus.ping(2))?.id).toBe(2);
  expect(() => emulated.inject([{ kind: "wrong-baud", servo: 1, baud: 7 }])).toThrow(
    /expected one of 1000000, .*found 7/,
  );
  await bus.close();
});
