import { expect, test } from "vitest";
import { PhysicsPlant } from "../../../drivers/mock/physics-plant.ts";
import { REACHER } from "../../../robots/reacher/reacher.ts";

/** The reacher as MuJoCo sees it. */
const build = () => PhysicsPlant.build(REACHER.spec, REACHER.simulation(REACHER.settings));

function live(plant: PhysicsPlant, seconds: number, fromMs = 0): void {
  for (let ms = fromMs; ms <= fromMs + 1000 * seconds; ms += 10) plant.advance(ms);
}

test("joints of a simulated robot reach the targets of their servos, and report speed and torque on the way", async () => {
  const plant = await build();
  plant.advance(0);
  plant.drive(0, 1, 1);
  plant.drive(1, -0.5, 1);
  live(plant, 0.1);
  expect(plant.velocity(0)).toBeGreaterThan(0);
  expect(plant.effort(0)).not.toBe(0);
  live(plant, 2, 100);
  expect(plant.position(0)).toBeCloseTo(1, 1);
  expect(plant.position(1)).toBeCloseTo(-0.5, 1);
  plant.delete();
});

test("a joint without a target is not driven, and a damped one only braked", async () => {
  const plant = await build();
  plant.advance(0);
  plant.drive(0, 1, 1);
  live(plant, 0.1);
  const speed = plant.velocity(0);
  plant.drive(0, "damp", 1);
  live(plant, 0.3, 100);
  expect(Math.abs(plant.velocity(0))).toBeLessThan(0.3 * speed);
  plant.drive(0, undefined, 1);
  live(plant, 0.1, 400);
  expect(plant.effort(0)).toBe(0);
  plant.delete();
});

test("after a long silence an answer does not wait for all that the machine has missed", async () => {
  const plant = await build();
  plant.advance(0);
  plant.drive(0, 1, 1);
  plant.advance(1000);
  const afterSilence = plant.position(0);
  plant.advance(1050);
  expect(plant.position(0)).toBeGreaterThan(afterSilence); // it goes on from there
  plant.delete();

  const other = await build();
  other.advance(0);
  other.drive(0, 1, 1);
  other.advance(50);
  expect(afterSilence).toBe(other.position(0));
  other.delete();
});
