import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MAIN } from "../../fakes/reverie.ts";

const rehearse = (scenario: object) => {
  const folder = mkdtempSync(join(tmpdir(), "reverie-scenario-"));
  const file = join(folder, "s.json");
  writeFileSync(file, JSON.stringify({ name: "s", what: "w", robots: ["so101"], ...scenario }));
  const args = [MAIN, "hil", "so101", "--scenario", file, "--json", "--patience", "20"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  return { status, said: stdout + stderr, came: JSON.parse(stdout || "{}") };
};
const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith("reverie-hil-")).length;

test("a person stops an arm on a bad bus and resets it: it moves again, believes nothing false and loses no step", {
  timeout: 180_000,
}, () => {
  const before = left();
  const { status, said, came } = rehearse({
    seconds: 2.5,
    faults: [{ kind: "corrupt", probability: 0.02, at: 0 }],
    person: [
      { at: 0.5, order: "estop" },
      { at: 1, order: "reset" },
    ],
    expect: { cause: "estop", resumedMs: 2000 },
  });
  expect(status, said).toBe(0);
  expect(came).toMatchObject({ passed: true, measured: { beyondLimits: 0, wrongPositions: 0, rowsLost: 0 } });
  expect(came.measured.faults.corrupt).toBeGreaterThan(0);
  expect(left()).toBeLessThanOrEqual(before);
});

test("what did not come as it should is said, and the command fails", { timeout: 180_000 }, () => {
  const { status, came } = rehearse({ seconds: 0.5, person: [{ at: 0.2, order: "estop" }], expect: { cause: "tilt" } });
  expect(status).toBe(1);
  expect(came.checks.filter(({ holds }: { holds: boolean }) => !holds)).toMatchObject([
    { name: "cause", expected: "tilt" },
  ]);
});
