import { expect, test } from "vitest";
import { SeeingDriver } from "../../../drivers/camera/seeing-driver.ts";
import { SimulatedCamera } from "../../../drivers/camera/simulated-camera.ts";
import { SimDriver } from "../../../drivers/sim/sim-driver.ts";
import { REACHER } from "../../../robots/reacher/reacher.ts";
import { VirtualClock } from "../../../runtime/clock.ts";
import type { Image } from "../../../runtime/robot.ts";
import { driverContract } from "../../contracts/driver.ts";

const MS = 1_000_000n;
const SHAPE = [16, 24, 3] as const;

function machine() {
  const clock = new VirtualClock();
  const model = REACHER.simulation(REACHER.settings);
  const sim = new SimDriver(REACHER.spec, model, clock);
  const camera = new SimulatedCamera({
    name: "above",
    shape: SHAPE,
    rateHz: 25,
    clock,
    aim: () => sim.camera(model.camera!, { width: SHAPE[1], height: SHAPE[0] }),
  });
  return { clock, sim, camera, driver: new SeeingDriver(sim, [camera]) };
}

async function filmed(): Promise<Image[]> {
  const { clock, driver } = machine();
  await driver.open();
  const images: Image[] = [];
  for (let tick = 0; tick < 30; tick++) {
    await driver.write({ position: Float64Array.of(1, -1), kp: Float64Array.of(4, 4), kd: Float64Array.of(0.4, 0.4) });
    images.push((await driver.read()).images!.above!);
    await clock.sleepUntil(clock.now() + 10n * MS);
  }
  await driver.close();
  return images;
}

test("frames come at the camera's rate on the simulation's clock, the newest with its age, and equal runs see equal bytes", async () => {
  const images = await filmed();
  expect(images.map(({ sequence }) => sequence).slice(0, 10)).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 3, 3]);
  expect(images.map(({ health }) => Math.round(health.age * 1000)).slice(0, 6)).toEqual([0, 10, 20, 30, 0, 10]);
  expect(images[5]!.timeNs).toBe(40n * MS);
  expect(images[0]).toMatchObject({ shape: SHAPE, health: { rate: 25, frozenFor: 0 } });
  expect(images[0]!.frame).toHaveLength(16 * 24 * 3);
  expect(Buffer.compare(images.at(-1)!.frame, images[0]!.frame)).not.toBe(0);
  expect(images[0]!.health.brightness).toBeGreaterThan(20);
  const bytes = (all: Image[]) => Buffer.concat(all.map(({ frame }) => frame));
  expect(bytes(await filmed()).equals(bytes(images))).toBe(true);
});

test("a period that was slept through is one picture, not many", async () => {
  const { clock, camera, sim } = machine();
  await sim.open();
  await camera.open();
  expect(camera.newest().sequence).toBe(1);
  await clock.sleepUntil(1010n * MS);
  expect(camera.newest().sequence).toBe(2);
  expect(camera.newest().sequence).toBe(2);
  await clock.sleepUntil(1040n * MS);
  expect(camera.newest().sequence).toBe(3);
  expect(camera.counts()).toMatchObject({ frames: 3, restarts: 0 });
  await camera.close();
  await sim.close();
  expect(camera.newest()).toMatchObject({ sequence: 0, health: { age: Number.POSITIVE_INFINITY } });
});

test("a rate that is none is refused by the camera's name", () => {
  const { clock } = machine();
  expect(
    () => new SimulatedCamera({ name: "x", shape: SHAPE, rateHz: 0, clock, aim: () => () => new Uint8Array() }),
  ).toThrow("camera x: expected a rate above 0, found 0");
});

driverContract(() => {
  const { clock, driver, sim } = machine();
  return {
    driver,
    spec: REACHER.spec,
    commandTimeoutMs: 200,
    motors: () => (sim.command?.kp.some((kp) => kp > 0) ? sim.command.position : undefined),
    pass: async (ms) => clock.sleepUntil(clock.now() + BigInt(ms) * MS),
  };
});
