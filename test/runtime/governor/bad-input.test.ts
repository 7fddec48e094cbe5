import { expect, test, vi } from "vitest";
import { RealtimeClock } from "../../../runtime/clock.ts";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import type { Inbox, Question } from "../../../runtime/governor/inbox.ts";
import type { Sample } from "../../../runtime/robot.ts";
import { type Rig, rig, spec } from "./fakes.ts";

const answer = ({ tick }: Question, inbox: Inbox): void =>
  inbox.deliver({ tick, action: Float32Array.of(0.5, -0.5), policyVersion: 1, surprise: 0 });

const MS = 1_000_000n;

/** What the driver gives from 310 ms on, for 15 servo ticks; when the last command before the end state is written, ms. */
test.each<[string, (timeNs: bigint) => Partial<Sample>, string, number]>([
  ["stale", () => ({ timeNs: 310n * MS }), "expected a sample of at most 0.02 s, found one of 0.030 s", 330],
  ["run backwards", (timeNs) => ({ timeNs: 600n * MS - timeNs }), "the clock stepped", 300],
  ["beyond the limits", () => ({ position: Float64Array.of(0, 2.2) }), "right: expected -2 to 2 rad, found 2.200", 300],
  ["no positions", () => ({ position: Float64Array.of(Number.NaN, 0) }), "left: expected finite measurements", 300],
  ["no velocities", () => ({ velocity: Float64Array.of(0, -1 / 0) }), "right: expected finite measurements", 300],
  ["no efforts", () => ({ effort: Float64Array.of(Number.NaN, 0) }), "left: expected finite measurements", 300],
])(
  "a driver's samples are %s: end state, named and counted, nothing written; then it goes on",
  async (_, bad, text, last) => {
    const made = rig(answer, { spec: { ...spec, watch: { ...spec.watch, sampleAge: 0.02 } } });
    const { driver, governor, notes } = made;
    const read = driver.read.bind(driver);
    driver.read = async () => {
      const sample = await read();
      const isBad = sample.timeNs >= 310n * MS && sample.timeNs < 460n * MS;
      return isBad ? { ...sample, ...bad(sample.timeNs) } : sample;
    };
    await made.runFor(20);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/^held: sample: /);
    expect(notes[0]).toContain(text);
    expect(governor.status).toMatchObject({ state: "engaged", holds: 1, trips: { sample: 1 } });
    const times = driver.log.map((entry) => (typeof entry === "object" ? Number(entry.at / MS) : entry));
    const damped = times.indexOf("damp");
    expect(times[damped - 1]).toBe(last);
    expect(times[damped + 1]).toBe(500); // the first policy tick after the last bad sample
    expect(driver.targets.flat().every(Number.isFinite)).toBe(true);
  },
);

test("a driver that throws at a write leaves a fault and the end state", async () => {
  const made: Rig = rig(answer);
  const write = made.driver.write.bind(made.driver);
  made.driver.write = async (command) => {
    if (made.driver.targets.length === 12) throw new Error("fake driver: bus lost");
    return write(command);
  };
  await expect(made.runFor(10)).rejects.toThrow("fake driver: bus lost");
  expect(made.governor.status).toMatchObject({ state: "fault", standstill: { text: "fake driver: bus lost" } });
  expect(made.driver.log.at(-1)).toBe("damp");
});

test("a wall clock that jumps by days and years changes nothing that the robot does", async () => {
  const run = async (wall: () => number) => {
    const spy = vi.spyOn(Date, "now").mockImplementation(wall);
    try {
      const made: Rig = rig((question, inbox) => {
        if (question.tick === 4) made.governor.order({ type: "estop", from: "a test" });
        if (question.tick === 4) made.governor.order({ type: "reset" });
        if (question.tick < 8 || question.tick > 12) answer(question, inbox);
      });
      await made.runFor(20);
      expect(made.governor.status.holds).toBe(1);
      return { log: made.driver.log, steps: made.steps, notes: made.notes };
    } finally {
      spy.mockRestore();
    }
  };
  let wall = 1e12;
  const steady = await run(() => 1e12);
  const jumping = await run(() => {
    wall = wall > 5e11 ? wall - 1e12 : wall + 3e12;
    return wall;
  });
  expect(jumping).toEqual(steady);
});

test("the loop's own clock does not follow the wall clock", async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: 0 });
  try {
    const clock = new RealtimeClock(RUNTIME_DEFAULTS.governor);
    const start = clock.now();
    vi.setSystemTime(1e12);
    expect(clock.now() - start).toBeLessThan(60_000_000_000n);
    const begin = performance.now();
    const sleep = clock.sleepUntil(clock.now() + 20_000_000n);
    vi.setSystemTime(0);
    await sleep;
    expect(performance.now() - begin).toBeGreaterThanOrEqual(19.9);
    expect(performance.now() - begin).toBeLessThan(5000);
  } finally {
    vi.useRealTimers();
  }
});
