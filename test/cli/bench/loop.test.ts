import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { LoopSpeed } from "../../../runtime/cli/bench/loop-speed.ts";
import { MAIN } from "../../fakes/reverie.ts";

test("the loop is measured in its own processes, alone and beside a learner, and every tick is accounted for", () => {
  const temporary = mkdtempSync(join(tmpdir(), "reverie-loop-test-"));
  try {
    const args = [MAIN, "bench", "loop", "--seconds=2", "--robot=reacher", "--json", "--realtime"];
    const options = { encoding: "utf8", env: { ...process.env, TMPDIR: temporary } } as const;
    const { stdout, stderr, status } = spawnSync(process.execPath, args, options);
    expect(status, stderr).toBe(0);
    const speed = JSON.parse(stdout) as LoopSpeed;
    expect(speed).toMatchObject({ robot: "reacher", servoRateHz: 100, policyRateHz: 20 });
    for (const { ticks, overruns, dueTicks, latenessUs, tickUs, scheduling } of [
      speed.idle,
      speed.swapping,
      speed.training,
    ]) {
      expect(ticks + overruns).toBe(dueTicks);
      expect(dueTicks).toBeGreaterThanOrEqual(200);
      expect(latenessUs.p50).toBeGreaterThan(0);
      expect(latenessUs.max).toBeGreaterThanOrEqual(latenessUs.p50);
      expect(tickUs.p50).toBeGreaterThan(0);
      expect(speed.notes.some((note) => note.startsWith(`realtime: the loop has ${scheduling}; `))).toBe(true);
    }
    expect(speed.swapping.swaps.count).toBeGreaterThanOrEqual(2);
    expect(speed.swapping.swapTickUs.p50).toBeGreaterThan(0);
    expect(speed.swapping.swapAnswerUs.p50).toBeGreaterThan(0);
    expect(speed.idle.answerUs.p50).toBeGreaterThan(0);
    expect(speed.training.updates).toBeGreaterThan(0);
    expect(speed.training.updateMs).toBeGreaterThan(0);
    expect(readdirSync(temporary).filter((name) => name.startsWith("reverie-"))).toEqual([]);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}, 120_000);
