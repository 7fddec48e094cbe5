import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { addPause, NO_GC } from "../../../runtime/governor/gc-pauses.ts";

test("pauses are counted, summed, and the longest is kept", () => {
  expect([2, 5, 1].reduce(addPause, NO_GC)).toEqual({ count: 3, longestMs: 5, totalMs: 8 });
});

test("a collection in this process is seen, once started and until stopped", () => {
  const program = `
    const { GcPauses } = await import("${new URL("../../../dist/runtime/governor/gc-pauses.js", import.meta.url).href}");
    const soon = () => new Promise((resolve) => setTimeout(resolve, 20));
    const pauses = new GcPauses();
    gc(); await soon(); const before = pauses.report.count;
    pauses.start(); gc(); await soon(); const { count, longestMs } = pauses.report;
    pauses.stop(); gc(); await soon();
    console.log(JSON.stringify({ before, seen: count > 0, longestMs, after: pauses.report.count - count }));
  `;
  const args = ["--expose-gc", "--input-type=module", "--eval", program];
  const seen = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
  expect(seen).toEqual({ before: 0, seen: true, longestMs: expect.any(Number), after: 0 });
  expect(seen.longestMs).toBeGreaterThan(0);
});
