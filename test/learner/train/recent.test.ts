import { expect, test } from "vitest";
import { Recent } from "../../../learner/train/recent.ts";

test("mean and percentiles are of the newest values alone; there are none before the first", () => {
  const recent = new Recent(100);
  expect([recent.mean, recent.spread]).toEqual([undefined, undefined]);
  recent.add(7);
  expect([recent.mean, recent.spread]).toEqual([7, { p50: 7, p99: 7 }]);
  for (let i = 1; i <= 250; i++) recent.add(i); // 151 to 250 are left
  expect(recent.mean).toBe(200.5);
  expect(recent.spread).toEqual({ p50: 200, p99: 249 });
});
