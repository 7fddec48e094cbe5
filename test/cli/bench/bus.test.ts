import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { BusSpeed } from "../../../runtime/cli/bench/bus-speed.ts";

const main = resolve(import.meta.dirname, "../../../dist/runtime/cli/main.js");
const reverie = (...argv: string[]) => promisify(execFile)(process.execPath, [main, "bench", "bus", ...argv]);

test.runIf(existsSync(main))(
  "bench bus measures both chains against emulated servos in another process",
  async () => {
    const { stdout } = await reverie("--json", "--seconds", "1", "--rate", "50");
    const { kind, baud, rateHz, chains } = JSON.parse(stdout) as BusSpeed;
    expect({ kind, baud, rateHz }).toEqual({ kind: "sts", baud: 1_000_000, rateHz: 50 });
    expect(chains.map(({ servos }) => servos)).toEqual([6, 12]);
    for (const { cycles, cycleMs, cpuShare, flatOutHz } of chains) {
      expect(cycles).toBeGreaterThan(0);
      expect(cycleMs.p50Ms).toBeGreaterThan(0);
      expect(cpuShare).toBeGreaterThan(0);
      // The wire alone takes more than 0.9 ms for six servos.
      expect(flatOutHz).toBeLessThan(1100);
    }
  },
  60_000,
);

test.runIf(existsSync(main))("bench bus refuses servos that nobody emulates", async () => {
  await expect(reverie("--servos", "lego")).rejects.toThrow(
    /expected --servos to be one of sts, scs, dynamixel, found "lego"/,
  );
});
