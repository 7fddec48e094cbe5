import { expect, test } from "vitest";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import { endStateFor } from "../../../runtime/governor/endings.ts";
import { RunningQuantile } from "../../../runtime/governor/running-quantile.ts";
import { type WatchdogSettings, Watchdogs, type Watched } from "../../../runtime/governor/watchdogs.ts";
import { Random } from "../../../runtime/random.ts";
import type { RobotSpec, Sample } from "../../../runtime/robot.ts";
import { spec } from "./fakes.ts";

const MS = 1_000_000n;
const WATCHED: RobotSpec = {
  ...spec,
  watch: {
    sampleAge: 0.1,
    beyondLimits: 0.1,
    tracking: 0.3,
    temperature: 60,
    voltage: 10,
    current: 2,
    tilt: { limit: 1, of: ({ sensors }) => sensors.tilt![0]! },
    workspace: { min: [-1, -1, 0], max: [1, 1, 1], of: (position) => [position[0]!, position[1]!, 0.5] },
  },
};

const good: Sample = {
  timeNs: 0n,
  position: Float64Array.of(0, 0),
  velocity: new Float64Array(2),
  effort: new Float64Array(2),
  temperature: Float64Array.of(30, 30),
  voltage: Float64Array.of(12, 12),
  current: Float64Array.of(1, 1),
  sensors: { tilt: Float64Array.of(0) },
};

function rig(settings: Partial<WatchdogSettings> = {}) {
  const dogs = new Watchdogs(WATCHED, { ...RUNTIME_DEFAULTS.watchdogs, ...settings });
  let nowNs = 0n;
  const tick = (sample: Partial<Sample> = {}, more: Partial<Watched> = {}) => {
    nowNs += 5n * MS;
    const whole = { ...good, timeNs: nowNs, ...sample };
    const watched = { sample: whole, nowNs, command: [0, 0], missedTicks: 0, surprise: undefined, ...more };
    return dogs.check(watched).map(({ watchdog, kind, text }) => `${watchdog} ${kind}: ${text}`);
  };
  /** Until something trips; how long that took, ms. */
  const until = (sample: Partial<Sample>): [number, string] => {
    const begin = nowNs;
    for (let i = 0; i < 1000; i++) {
      const [first] = tick(sample);
      if (first !== undefined) return [Number((nowNs - begin) / MS), first];
    }
    return [Number.POSITIVE_INFINITY, ""];
  };
  return { dogs, tick, until };
}

test("nothing trips while all is well", () => {
  const { dogs, tick } = rig();
  for (let i = 0; i < 1000; i++) expect(tick()).toEqual([]);
  expect(dogs.blocking()).toBeUndefined();
});

test.each<[string, Partial<Sample>, number, string]>([
  [
    "tracking",
    { position: Float64Array.of(0.31, 0) },
    500,
    "left: expected a tracking error of at most 0.3 rad, found 0.310",
  ],
  [
    "temperature",
    { temperature: Float64Array.of(30, 61) },
    1000,
    "right: expected a temperature of at most 60 °C, found 61",
  ],
  ["voltage", { voltage: Float64Array.of(9.5, 12) }, 500, "left: expected a supply of at least 10 V, found 9.500"],
  ["current", { current: Float64Array.of(1, 2.5) }, 200, "right: expected a current of at most 2 A, found 2.500"],
  ["tilt", { sensors: { tilt: Float64Array.of(1.2) } }, 100, "expected a tilt of at most 1 rad, found 1.200"],
  ["workspace", { position: Float64Array.of(0.1, -1.05) }, 50, "expected the tool's y in -1 … 1 m, found -1.050"],
])("%s trips once, after its hold-off, blocks until it is over, and is counted", (name, bad, holdOffMs, text) => {
  const { dogs, tick, until } = rig({ workspace: { trip: "hold", holdOffMs: 50 } });
  tick();
  const [afterMs, said] = until(bad);
  expect(said).toContain(`${name} `);
  expect(said).toContain(text);
  expect(afterMs).toBe(holdOffMs + 5);
  for (let i = 0; i < 300; i++) expect(tick(bad).filter((line) => line.startsWith(name))).toEqual([]);
  expect(dogs.blocking()).toContain(name);
  expect(dogs.counts[name as "tilt"]).toBe(1);
  tick();
  expect(dogs.blocking()).toBeUndefined();
});

test("a hold-off begins anew when the trouble goes away in between", () => {
  const { tick } = rig();
  const bad = { current: Float64Array.of(3, 3) };
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 39; i++) expect(tick(bad)).toEqual([]);
    expect(tick()).toEqual([]);
  }
});

test.each<[string, Partial<Sample>, string]>([
  ["not finite", { velocity: Float64Array.of(0, Number.NaN) }, "right: expected finite measurements"],
  [
    "where no joint can be",
    { position: Float64Array.of(2.11, 0) },
    "left: expected -2 to 2 rad, found 2.110; check its calibration",
  ],
  ["too old", { timeNs: -200n * MS }, "expected a sample of at most 0.1 s"],
])("a sample that is %s is told at once", (_, bad, text) => {
  const { tick } = rig();
  const said = tick(bad);
  expect(said[0]).toContain("sample hold:");
  expect(said[0]).toContain(text);
});

test("a sample from before the last one is told: the clock stepped", () => {
  const { tick } = rig();
  tick();
  tick();
  expect(tick({ timeNs: 5n * MS })[0]).toContain("the clock stepped");
});

test("a loop that lost its rhythm is held for a moment", () => {
  const { dogs, tick } = rig();
  tick();
  expect(tick({}, { missedTicks: 39 })).toEqual([]);
  expect(tick({}, { missedTicks: 40 })[0]).toContain("overrun hold: expected fewer than 40 servo ticks missed");
  tick();
  expect(dogs.blocking()).toBeUndefined();
});

test("a world model that is surprised far beyond its habit is told, once it has a habit", () => {
  const { dogs, tick } = rig();
  const random = new Random(1, "surprise");
  expect(tick({}, { surprise: 50 })).toEqual([]);
  for (let i = 0; i < 5000; i++) expect(tick({}, { surprise: 3 + random.uniform() })).toEqual([]);
  expect(tick({}, { surprise: 400 })[0]).toContain("surprise warn: expected a surprise of at most");
  expect(dogs.blocking()).toBeUndefined();
});

test("off is off, and what is no trip is refused by name", () => {
  const { tick } = rig({ current: { trip: "off", holdOffMs: 0 } });
  for (let i = 0; i < 200; i++) expect(tick({ current: Float64Array.of(9, 9) })).toEqual([]);
  expect(() => rig({ tilt: { trip: "explode", holdOffMs: 0 } })).toThrow(
    'watchdogs.tilt.trip: expected one of off, warn, hold, fault, found "explode"',
  );
  expect(() => rig({ tilt: { trip: "hold", holdOffMs: Number.NaN } })).toThrow("watchdogs.tilt.holdOffMs");
});

test("what a machine does not measure is not watched", () => {
  const { tick } = rig();
  const { temperature, voltage, current, ...bare } = good;
  const dogs = new Watchdogs({ ...WATCHED, watch: { ...spec.watch } }, RUNTIME_DEFAULTS.watchdogs);
  for (let i = 1; i < 400; i++) {
    const nowNs = BigInt(i) * 5n * MS;
    const sample = { ...bare, timeNs: nowNs, sensors: {} };
    expect(dogs.check({ sample, nowNs, command: [9, 9], missedTicks: 0, surprise: undefined })).toEqual([]);
  }
  expect(tick()).toEqual([]);
});

test.each([0.5, 0.9, 0.99])("a running quantile finds the %f quantile of what it is given", (share) => {
  const quantile = new RunningQuantile(share);
  const random = new Random(7, "quantile");
  let below = 0;
  for (let i = 0; i < 60_000; i++) {
    const x = random.uniform() ** 2;
    if (i >= 30_000 && x <= quantile.value) below++;
    quantile.add(x);
  }
  expect(below / 30_000).toBeGreaterThan(share - 0.03);
  expect(below / 30_000).toBeLessThan(Math.min(1, share + 0.03));
});

test("each cause has its end state; a machine away from its rest pose is not let go unless that is what is meant", () => {
  const arm: RobotSpec = {
    ...spec,
    endState: "limp",
    limpWithin: 0.2,
    endStates: { temperature: "limp", tilt: "damp" },
  };
  expect(endStateFor(arm, "policy", [0.1, 0.1])).toBe("limp");
  expect(endStateFor(arm, "policy", [0.1, 0.3])).toBe("hold");
  expect(endStateFor(arm, "temperature", [1, 1])).toBe("limp");
  expect(endStateFor(arm, "tilt", [1, 1])).toBe("damp");
  expect(endStateFor(spec, "estop", [1, 1])).toBe("damp");
});
