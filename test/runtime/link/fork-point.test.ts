import { expect, test } from "vitest";
import { ForkPoint } from "../../../runtime/link/fork-point.ts";

/** What is found of copies that part at `at`, and how often it was asked. */
function search(same: number, differs: number, at: number): [found: number, asked: number] {
  const fork = new ForkPoint(same, differs);
  let asked = 0;
  for (; fork.found === undefined; asked++) fork.hear(fork.asked, fork.asked < at);
  return [fork.found, asked];
}

test("where two copies part is found in as many questions as halvings", () => {
  for (let at = 5; at <= 12; at++) expect(search(5, 12, at)[0]).toBe(at);
  expect(search(7, 7, 7)).toEqual([7, 0]);
  expect(search(0, 1_000_000, 123_456)[1]).toBeLessThanOrEqual(20);
});

test("where a step is gone on either side, or the answer is of another, what may differ is taken to", () => {
  for (const hear of [
    (fork: ForkPoint) => fork.hear(fork.asked, undefined),
    (fork: ForkPoint) => fork.hear(-1, undefined),
    (fork: ForkPoint) => fork.hear(fork.asked + 1, true),
  ]) {
    const fork = new ForkPoint(10, 20);
    fork.hear(15, true);
    hear(fork);
    expect(fork.found).toBe(16);
  }
});
