import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { A1 } from "../../../robots/a1/a1.ts";
import { checkDisk, stepBytes } from "../../../runtime/cli/doctor/disk.ts";
import { diskSpeed } from "../../../runtime/cli/doctor/disk-speed.ts";
import { checkMemory } from "../../../runtime/cli/doctor/memory.ts";
import { checkRun } from "../../../runtime/cli/doctor/run-lock.ts";
import { THRESHOLDS } from "../../../runtime/cli/doctor/thresholds.ts";
import { stepSchema } from "../../../runtime/step.ts";
import { type Fake, fakeSystem, NOTHING, verdicts } from "./fake-system.ts";

const schema = stepSchema(A1.spec, A1.task(A1.settings));
const need = { ...NOTHING, robot: { spec: A1.spec, serial: undefined, schema, calibration: undefined } };
const disk = (over: Fake["over"]) => checkDisk(fakeSystem({ over: over! }), need, THRESHOLDS);

test("a quick disk with room passes", () => {
  expect(verdicts(disk({}))).toEqual(["pass fsync", "pass writing", "pass room"]);
});

test("a slow one is told of, one that cannot be written fails", () => {
  const slow = () => ({ syncMs: [5, 5, 900], speedMb: 3 });
  expect(verdicts(disk({ disk: slow }))).toEqual(["warn fsync", "warn writing", "pass room"]);
  const none = () => {
    throw new Error("EROFS: read-only file system");
  };
  expect(disk({ disk: none })[0]).toMatchObject({ verdict: "fail", found: "/runs/x: EROFS: read-only file system" });
});

test("room is told in hours of this robot's recording", () => {
  const perHour = 3600 * 20 * stepBytes(schema, THRESHOLDS.disk.stepOverhead);
  const room = (hours: number) => disk({ free: () => hours * perHour })[2]!;
  expect(room(10)).toMatchObject({ verdict: "pass" });
  expect(room(10).found).toContain("10.0 h of recording");
  expect(room(5).verdict).toBe("warn");
  expect(room(0.2).verdict).toBe("fail");
});

test("a step with pictures counts their pixels", () => {
  const pixels = { name: "image", dtype: "uint8", shape: [64, 64, 3], units: [] } as const;
  const seeing = { ...schema, observation: [...schema.observation, pixels] };
  expect(stepBytes(seeing as typeof schema, 0) - stepBytes(schema, 0)).toBe(64 * 64 * 3);
});

test("the disk is measured without a file that stays", () => {
  const folder = mkdtempSync(join(tmpdir(), "reverie-disk-"));
  try {
    const { syncMs, speedMb } = diskSpeed(folder, 3, 1, 1000);
    expect(syncMs.length).toBeGreaterThan(0);
    expect(speedMb).toBeGreaterThan(0);
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each([
  { available: 8, verdict: "pass" },
  { available: 1, verdict: "warn" },
  { available: 0.1, verdict: "fail" },
])("$available GB free: $verdict", ({ available, verdict }) => {
  const over = { memory: () => ({ total: 16, available }) };
  expect(checkMemory(fakeSystem({ over }), THRESHOLDS)[0]!.verdict).toBe(verdict);
});

/** Field 22 of a process's stat is when it started. */
const stat = (started: string) => `9 (node) S ${Array.from({ length: 18 }, (_, i) => i).join(" ")} ${started} 0`;
const run = (files: Record<string, string>, more: Fake = {}) =>
  checkRun(fakeSystem({ ...more, files, folders: { "/runs": ["x"], ...more.folders } }), "/runs/x");
const LOCK = { "/runs/x/lock": '{"pid":9,"started":"77"}' };

test("a run directory: not there, free, in use, or left by a process that is gone", () => {
  expect(checkRun(fakeSystem(), "/runs/x")[0]!.verdict).toBe("note");
  expect(run({})[0]!.verdict).toBe("pass");
  expect(run({ ...LOCK, "/proc/9/stat": stat("77") })[0]).toMatchObject({
    verdict: "warn",
    found: "in use by process 9",
  });
  expect(run(LOCK)[0]).toMatchObject({ verdict: "note" });
  expect(run({ ...LOCK, "/proc/9/stat": stat("78") })[0]!.found).toMatch(/gone/); // the number is another's now
});

test("a process that was left behind with the run's files open is named", () => {
  const more: Fake = {
    folders: { "/proc": ["12", "self"], "/proc/12/fd": ["3"] },
    links: { "/proc/12/fd/3": "/runs/x/robot/spool.mcap" },
  };
  const findings = run({ ...LOCK, "/proc/12/comm": "node\n" }, more);
  expect(findings[1]).toMatchObject({ verdict: "warn", what: "left behind", fix: "if it should not be: kill 12" });
});
