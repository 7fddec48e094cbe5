import { expect, test } from "vitest";
import { plan, VICTIMS } from "../../../runtime/cli/chaos/plan.ts";

function first(count: number, seed: number) {
  const blows = plan(seed, 1000);
  return Array.from({ length: count }, () => blows.next().value);
}

test("the same blows for a seed, others for another", () => {
  expect(first(50, 7)).toEqual(first(50, 7));
  expect(first(50, 7)).not.toEqual(first(50, 8));
});

test("every blow falls, on everybody, about as often as it should", () => {
  const all = first(2000, 1);
  const kills = all.flatMap(({ blow }) => (blow.what === "kill" ? [blow.victim] : []));
  expect(kills.length / all.length).toBeCloseTo(0.6, 1);
  for (const victim of VICTIMS) expect(kills.filter((each) => each === victim).length).toBeGreaterThan(100);
  expect(new Set(all.map(({ blow }) => blow.what)).size).toBe(10);
  const meanMs = all.reduce((sum, { afterMs }) => sum + afterMs, 0) / all.length;
  expect(meanMs).toBeGreaterThan(900);
  expect(meanMs).toBeLessThan(1100);
});
