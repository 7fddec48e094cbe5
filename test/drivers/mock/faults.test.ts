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
