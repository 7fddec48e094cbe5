import { expect, test } from "vitest";
import { StreamRecord } from "../../../learner/train/stream-record.ts";

const clock = { offset: -1000, error: 0.002, drift: 0, roundTrip: 0.004 };
/** Taken at `at` s of the robot's clock. */
const step = (sequence: number, at: number) => ({
  sequence,
  timeNs: BigInt(Math.round(at * 1e9)),
  reward: 1,
  intervened: false,
  policyVersion: 3,
});

test("a row's age is counted from its acquisition to its coming and to the disk, across two clocks", () => {
  const record = new StreamRecord();
  record.joined(0, 1000);
  record.arriving(clock, 1010); // 10 s of the robot's clock
  record.took(step(0, 9.9));
  record.took(step(1, 9.95));
  record.durable(1, 1010.2);
  const { age } = record.report(true, 1012);
  expect(age?.arrived.p99).toBeCloseTo(0.1, 6);
  expect(age?.arrived.p50).toBeCloseTo(0.05, 6);
  expect(age?.durable?.p50).toBeCloseTo(0.3, 6);
  record.durable(2, 1012);
  expect(record.report(true, 1012).age?.durable?.p99).toBeCloseTo(2.05, 6);
});

test("a row of an earlier boot's clock, from the future, or of a robot whose clock is not known has no age", () => {
  const record = new StreamRecord();
  record.joined(5, 1000);
  record.arriving(clock, 1010);
  record.took(step(4, 9));
  record.took(step(5, 11));
  record.arriving(undefined, 1010);
  record.took(step(6, 9));
  expect(record.report(true, 1012).age).toBeUndefined();
  record.joined(undefined, 1000);
  record.arriving(clock, 1010);
  record.took(step(7, 9));
  expect(record.report(true, 1012).age).toBeUndefined();
});

test("rows that never reach the disk take no memory without end", () => {
  const record = new StreamRecord();
  record.joined(0, 1000);
  record.arriving(clock, 1010);
  for (let i = 0; i < 100_000; i++) record.took(step(i, 9));
  record.durable(100_000, 1011);
  expect(record.report(true, 1012).age?.durable?.p50).toBeCloseTo(2, 6);
});

test("a robot's report counts what came, how fast, what it was worth, who acted and with which policy", () => {
  const record = new StreamRecord();
  record.joined(0, 100);
  record.arriving(undefined, 110);
  for (let i = 0; i < 40; i++) record.took({ ...step(i, 0), reward: i % 2, intervened: i < 10, policyVersion: i >> 3 });
  record.resent(7);
  record.gap();
  record.gap(12);
  expect(record.report(true, 110)).toEqual({
    connected: true,
    rows: 40,
    rowsPerSecond: 4,
    reward: 0.5,
    intervened: 0.25,
    policyVersion: 4,
    gaps: 2,
    lost: 12,
    resent: 7,
  });
  for (let i = 40; i < 60; i++) record.took(step(i, 0));
  expect(record.report(false, 112)).toMatchObject({ connected: false, rows: 60, rowsPerSecond: 10 });
});
