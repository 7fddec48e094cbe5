import { describe, expect, test } from "vitest";
import { Pushes } from "../../../drivers/sim/pushes.ts";
import { SimDriver } from "../../../drivers/sim/sim-driver.ts";
import { decodeSnapshot, encodeSnapshot } from "../../../drivers/sim/snapshot.ts";
import { A1 } from "../../../robots/a1/a1.ts";
import { VirtualClock } from "../../../runtime/clock.ts";

const TIMESTEP = 0.0025;
const model = { speed: 0.5, meanSeconds: 2, seed: 7 };

/** Physics steps at which pushes come, and the velocity each adds, m/s. */
function drawn(pushes: Pushes, steps: number) {
  const found: { step: number; x: number; y: number }[] = [];
  const qvel = new Float64Array(9);
  for (let step = 0; step < steps; step++) {
    pushes.step(qvel, 3);
    const [x, y] = [qvel[3]!, qvel[4]!];
    if (x !== 0 || y !== 0) found.push({ step, x, y });
    qvel.fill(0, 3, 5);
  }
  expect([...qvel]).toEqual(Array(9).fill(0)); // nothing else was touched
  return found;
}

test("pushes have their speed, any horizontal direction, and exponential times of the mean asked for", () => {
  const pushes = new Pushes(model, TIMESTEP);
  const found = drawn(pushes, 4000 / TIMESTEP);
  expect(pushes.count).toBe(found.length);
  for (const { x, y } of found) expect(Math.hypot(x, y)).toBeCloseTo(0.5, 12);
  const gaps = found.slice(1).map(({ step }, i) => (step - found[i]!.step) * TIMESTEP);
  const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length;
  expect(mean(gaps)).toBeGreaterThan(1.8); // about 2000 gaps: the mean's standard error is 0.045 s
  expect(mean(gaps)).toBeLessThan(2.2);
  expect(mean(gaps.map((gap) => (gap > 2 ? 1 : 0)))).toBeCloseTo(Math.exp(-1), 1);
  for (const turn of [0, 1, 2, 3]) {
    const quarter = found.filter(
      ({ x, y }) => Math.floor(((Math.atan2(y, x) + 2 * Math.PI) * 2) / Math.PI) % 4 === turn,
    );
    expect(quarter.length / found.length).toBeCloseTo(0.25, 1);
  }
});

test("a seed decides all pushes, and a restored state goes on with them", () => {
  const whole = drawn(new Pushes(model, TIMESTEP), 20_000);
  expect(whole.length).toBeGreaterThan(10);
  expect(drawn(new Pushes({ ...model, seed: 8 }, TIMESTEP), 20_000)).not.toEqual(whole);
  const first = new Pushes(model, TIMESTEP);
  const head = drawn(first, 7000);
  const second = new Pushes(model, TIMESTEP);
  second.restore(first.state());
  const tail = drawn(second, 13_000).map((push) => ({ ...push, step: push.step + 7000 }));
  expect([...head, ...tail]).toEqual(whole);
  expect(second.count).toBe(whole.length);
});

describe("a pushed A1", () => {
  const settings = { ...A1.settings, start: "standing", pushSpeed: 1, pushSeconds: 0.5 };
  const a1 = async (changed: Partial<typeof settings> = {}) => {
    const clock = new VirtualClock();
    const driver = new SimDriver(A1.spec, A1.simulation({ ...settings, ...changed }), clock);
    await driver.open();
    const tick = async () => {
      await clock.sleepUntil(clock.now() + 50_000_000n);
      return structuredClone({ ...(await driver.read()), timeNs: 0n });
    };
    await driver.read();
    return { driver, tick };
  };

  test("moves as one that is not pushed until the first push", async () => {
    const [calm, pushed] = [await a1({ pushSpeed: 0 }), await a1({ pushSeconds: 1 })];
    let same = 0;
    for (; pushed.driver.pushCount === 0 && same < 200; same++) {
      const [one, other] = [await calm.tick(), await pushed.tick()];
      if (pushed.driver.pushCount === 0) expect(other).toEqual(one);
      else expect(other).not.toEqual(one);
    }
    expect(same).toBeGreaterThan(1);
    expect(calm.driver.pushCount).toBe(0);
  });

  test("goes on from a snapshot with the same pushes, bit for bit, and still counts", async () => {
    const one = await a1();
    for (let i = 0; i < 40; i++) await one.tick();
    const before = one.driver.pushCount;
    expect(before).toBeGreaterThan(0);
    const other = await a1();
    other.driver.restore(one.driver.snapshot());
    await other.driver.read(); // time begins
    for (let i = 0; i < 40; i++) expect(await other.tick()).toEqual(await one.tick());
    expect(one.driver.pushCount).toBeGreaterThan(before);
    expect(other.driver.pushCount).toBe(one.driver.pushCount);
  });

  test("goes on from a snapshot of one that was not pushed, and the other way round", async () => {
    const [calm, pushed] = [await a1({ pushSpeed: 0 }), await a1()];
    for (let i = 0; i < 40; i++) await calm.tick();
    pushed.driver.restore(calm.driver.snapshot());
    for (let i = 0; i < 40; i++) await pushed.tick();
    expect(pushed.driver.pushCount).toBeGreaterThan(0);
    calm.driver.restore(pushed.driver.snapshot());
    await calm.tick();
    expect(calm.driver.pushCount).toBe(0);
  });

  test("a push of 0 m/s is no push, whatever the other settings are", () => {
    expect(A1.simulation({ ...settings, pushSpeed: 0 })).not.toHaveProperty("pushes");
    expect(() => A1.simulation({ ...settings, pushSpeed: -1 })).toThrow("pushSpeed: expected 0 to 10, found -1");
    expect(() => A1.simulation({ ...settings, pushSeconds: 0 })).toThrow(
      "pushSeconds: expected 0.1 to 1000000, found 0",
    );
  });

  test("a machine that is bolted down cannot be pushed", async () => {
    const { base: _, ...bolted } = A1.simulation(settings);
    const driver = new SimDriver(A1.spec, bolted, new VirtualClock());
    await expect(driver.open()).rejects.toThrow("simulated a1: expected a base to push");
  });
});

test("a snapshot from before there were pushes is still read", () => {
  const numbers = (...values: number[]) => Float64Array.from(values);
  const old = numbers(1, 5, 2, 1, 1, 0, 0, 0, 10, 11, 20, 30);
  const state = decodeSnapshot(5, new Uint8Array(old.buffer));
  expect(state).toEqual({
    physics: numbers(10, 11),
    velocities: numbers(20),
    effort: numbers(30),
    command: undefined,
    pushes: numbers(),
  });
  expect(decodeSnapshot(5, encodeSnapshot(5, { ...state, pushes: numbers(1, 2, 3, 4, 5, 6) })).pushes).toHaveLength(6);
});
