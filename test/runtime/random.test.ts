import { expect, test } from "vitest";
import { Random } from "../../runtime/random.ts";
import { fc } from "../properties.ts";

const draws = (random: Random, count: number) => Array.from({ length: count }, () => random.uniform());

test("equal seeds and names give equal numbers; another seed or name gives others", () => {
  fc.assert(
    fc.property(fc.integer(), fc.string(), (seed, name) => {
      const numbers = draws(new Random(seed, name), 8);
      expect(draws(new Random(seed, name), 8)).toEqual(numbers);
      expect(draws(new Random(seed + 1, name), 8)).not.toEqual(numbers);
      expect(draws(new Random(seed, `${name}.`), 8)).not.toEqual(numbers);
    }),
  );
});

test("goes on from a restored state", () => {
  const random = new Random(7, "x");
  draws(random, 5);
  const state = random.state();
  const numbers = draws(random, 5);
  random.restore(state);
  expect(draws(random, 5)).toEqual(numbers);
});

test("uniform numbers fill [0, 1) and normal ones have mean 0 and variance 1", () => {
  const random = new Random(1);
  const uniform = draws(random, 20_000);
  expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...uniform)).toBeLessThan(1);
  expect(uniform.reduce((a, b) => a + b) / uniform.length).toBeCloseTo(0.5, 1);
  const normal = Array.from({ length: 20_000 }, () => random.normal());
  const mean = normal.reduce((a, b) => a + b) / normal.length;
  expect(Math.abs(mean)).toBeLessThan(0.03);
  expect(normal.reduce((a, b) => a + (b - mean) ** 2, 0) / normal.length).toBeCloseTo(1, 1);
  expect(normal.every(Number.isFinite)).toBe(true);
  expect(new Set(Array.from({ length: 200 }, () => random.integer(3)))).toEqual(new Set([0, 1, 2]));
});
