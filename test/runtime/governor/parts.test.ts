import { expect, test } from "vitest";
import { LowPass } from "../../../runtime/governor/filter.ts";
import { Histogram } from "../../../runtime/governor/histogram.ts";
import { type Event, type State, transition } from "../../../runtime/governor/states.ts";

test("the low-pass at 1.5 Hz and 20 Hz has scipy's coefficients", () => {
  const { b, a } = new LowPass(1.5, 20, 1).coefficients;
  [0.0412535372, 0.0825070745, 0.0412535372].forEach((value, i) => {
    expect(b[i]).toBeCloseTo(value, 10);
  });
  [1, -1.3489677453, 0.5139818942].forEach((value, i) => {
    expect(a[i]).toBeCloseTo(value, 10);
  });
});

test("the low-pass answers a unit step as scipy's does", () => {
  const filter = new LowPass(1.5, 20, 2);
  filter.reset([0, 1]);
  const out = new Float64Array(2);
  for (const expected of [0.041254, 0.17941, 0.385829, 0.593272, 0.767009, 0.894754, 0.97778, 1.02412]) {
    filter.filter([1, 0], out);
    expect(out[0]).toBeCloseTo(expected, 6);
    expect(out[1]).toBeCloseTo(1 - expected, 6);
  }
});

test("the low-pass stays where it was reset, and 0 Hz lets everything through", () => {
  const out = new Float64Array(1);
  const filter = new LowPass(3, 20, 1);
  filter.reset([0.7]);
  for (let i = 0; i < 50; i++) filter.filter([0.7], out);
  expect(out[0]).toBeCloseTo(0.7, 12);
  new LowPass(0, 20, 1).filter([0.3], out);
  expect(out[0]).toBe(0.3);
  expect(() => new LowPass(10, 20, 1)).toThrow("expected a cut-off in [0, 10) Hz, found 10");
});

test("percentiles are right to a bucket, and the maximum exact", () => {
  const histogram = new Histogram();
  expect(histogram.percentiles()).toEqual({ p50Ms: 0, p99Ms: 0, p999Ms: 0, maxMs: 0 });
  for (let i = 1; i <= 1000; i++) histogram.add(i / 100);
  const { p50Ms, p99Ms, maxMs } = histogram.percentiles();
  expect(p50Ms / 5).toBeGreaterThanOrEqual(1);
  expect(p50Ms / 5).toBeLessThan(1.1);
  expect(p99Ms / 9.9).toBeGreaterThanOrEqual(1);
  expect(maxMs).toBe(10);
});

test("a latched state is left by a reset only", () => {
  const events: Event[] = ["open", "engage", "hold", "fail", "stop", "reset", "close"];
  for (const latched of ["fault", "estop"] as State[]) {
    for (const event of events) {
      if (event === "reset") expect(transition(latched, event)).toBe("ready");
      else if (["open", "engage", "hold"].includes(event)) expect(() => transition(latched, event)).toThrow(latched);
      else expect(["fault", "estop"]).toContain(transition(latched, event));
    }
  }
});

test("no path reaches the motors without open and engage", () => {
  expect(() => transition("unpowered", "engage")).toThrow(
    "in state unpowered expected open, fail, stop, close, found engage",
  );
  expect(transition(transition("unpowered", "open"), "engage")).toBe("engaged");
});
