import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SimDriver } from "../../../drivers/sim/sim-driver.ts";
import { REACHER } from "../../../robots/reacher/reacher.ts";
import { firstEndState, longestSilenceMs, motorEvents } from "../../../runtime/cli/failures/motor-events.ts";
import { traceMotors } from "../../../runtime/cli/process/motor-trace.ts";
import { VirtualClock } from "../../../runtime/clock.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "reverie-trace-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const make = () => new SimDriver(REACHER.spec, REACHER.simulation(REACHER.settings), new VirtualClock());
const target = { position: Float64Array.of(1, 1), kp: Float64Array.of(4, 4), kd: Float64Array.of(1, 1) };

test("every command and end state that reached the machine is written down in order, and nothing that was refused", async () => {
  const path = join(directory, "motors");
  const driver = traceMotors(make(), path);
  expect(motorEvents(path)).toEqual([]);
  await driver.open();
  const begin = process.hrtime.bigint();
  await driver.write(target);
  await expect(driver.write({ ...target, kp: Float64Array.of(Number.NaN, 4) })).rejects.toThrow(/not finite/);
  await driver.write(target);
  await driver.relax("damp");
  await driver.relax("hold");
  expect(driver.command?.kp[0]).toBeGreaterThan(0);
  await driver.close();
  const events = motorEvents(path);
  expect(events.map(({ what }) => what)).toEqual(["command", "command", "damp", "hold"]);
  expect(events.every(({ pid, timeNs }) => pid === process.pid && timeNs > begin)).toBe(true);
});

test("without a file to write to, the driver is what it was", () => {
  const driver = make();
  expect(traceMotors(driver, undefined)).toBe(driver);
  expect(Object.hasOwn(driver, "write")).toBe(false);
});

test("what is read from a trace: the first end state after a time, the longest time without a command", () => {
  const at = (ms: number, what: string) => ({ timeNs: BigInt(ms) * 1_000_000n, pid: 1, what });
  const events = [at(1, "command"), at(3, "hold"), at(4, "command"), at(9, "command"), at(20, "damp")];
  expect(firstEndState(events, 3_000_000n)).toEqual(at(20, "damp"));
  expect(firstEndState(events, 20_000_000n)).toBeUndefined();
  expect(longestSilenceMs(events, 3_000_000n, 12_000_000n)).toBe(5);
  expect(longestSilenceMs(events, 3_000_000n, 30_000_000n)).toBe(21);
});
