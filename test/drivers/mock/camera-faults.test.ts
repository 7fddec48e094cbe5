import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cameraFaults } from "../../../drivers/mock/camera-faults.ts";
import { camerasToo } from "../../../runtime/cli/hil/cameras.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reverie-camera-faults-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("what a scenario does to cameras comes and goes in time, and the rest of it reaches the machine alone", async () => {
  const path = join(folder, "faults");
  let seconds = 100;
  const fault = cameraFaults(path, () => BigInt(seconds * 1e9));
  expect(fault()).toBeUndefined();
  const reached: unknown[] = [];
  const inject = camerasToo(async (faults) => {
    reached.push(...faults);
    return 100_000_000_000n;
  }, path);
  const servo = { kind: "dead", servo: 2, from: 1 } as const;
  expect(await inject([servo, { kind: "camera-black", from: 2, for: 3 }, { kind: "camera-dead", from: 7 }])).toBe(
    100_000_000_000n,
  );
  expect(reached).toEqual([servo]);
  const found = [101.9, 102, 104.9, 105, 108].map((now) => {
    seconds = now;
    return fault();
  });
  expect(found).toEqual([undefined, "camera-black", "camera-black", undefined, "camera-dead"]);
});

test("without a file nothing is wrong; a file that names no fault there is is refused", () => {
  expect(cameraFaults(undefined)()).toBeUndefined();
  const path = join(folder, "faults");
  writeFileSync(path, JSON.stringify({ beginNs: "0", faults: [{ kind: "camera-tired" }] }));
  expect(() => cameraFaults(path)()).toThrow(/expected a kind of .*camera-frozen.*, found "camera-tired"/);
});
