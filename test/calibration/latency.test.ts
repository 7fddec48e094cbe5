import { expect, test } from "vitest";
import { CALIBRATE_DEFAULTS } from "../../calibration/defaults.ts";
import { measureLatency } from "../../calibration/latency.ts";
import { VirtualClock } from "../../runtime/clock.ts";
import type { Driver, JointCommand, Sample } from "../../runtime/robot.ts";
import { SPEC } from "./machine.ts";

/** Joints that jump to their targets `delayMs` after they were told, on a virtual clock. */
function machine(delayMs: number, start = [0, 0, 0], stuck = -1) {
  const clock = new VirtualClock();
  const position = Float64Array.from(start);
  const coming: { readonly at: bigint; readonly position: Float64Array }[] = [];
  const farthest = new Float64Array(3);
  const ends: string[] = [];
  const driver = {
    read: async () => {
      for (const each of coming.splice(0)) {
        if (each.at > clock.now()) coming.push(each);
        else for (const [i, to] of each.position.entries()) if (i !== stuck) position[i] = to;
      }
      return { position: position.slice() } as unknown as Sample;
    },
    write: async (command: JointCommand) => {
      command.position.forEach((to, i) => {
        farthest[i] = Math.max(farthest[i]!, Math.abs(to - start[i]!));
        if (to < SPEC.joints[i]!.min || to > SPEC.joints[i]!.max) throw new Error(`joint ${i} sent to ${to}`);
      });
      coming.push({ at: clock.now() + BigInt(delayMs * 1e6), position: command.position });
      return command;
    },
    relax: async (end: string) => void ends.push(end),
  } as unknown as Driver;
  const settings = CALIBRATE_DEFAULTS.latency;
  return {
    farthest,
    ends,
    run: () => measureLatency({ driver, spec: SPEC, clock, settings, signal: new AbortController().signal }),
  };
}

test.each([5, 30, 120])(
  "a machine that needs %i ms is said to need that, moves no farther than a step, and is let go",
  async (delayMs) => {
    const { run, farthest, ends } = machine(delayMs);
    for (const { median, p90, trials } of await run()) {
      expect(median).toBeGreaterThanOrEqual(delayMs);
      expect(p90).toBeLessThan(delayMs + 1);
      expect(trials).toBe(10);
    }
    expect(Math.max(...farthest)).toBeLessThanOrEqual(0.06 + 1e-12);
    expect(ends).toEqual(["limp"]);
  },
);

test("at a limit the step goes to the other side", async () => {
  await expect(machine(5, [1.55, -1.55, 1.65]).run()).resolves.toHaveLength(3);
});

test("a joint that does not move, or is beyond its limits, is named, and all is let go", async () => {
  const still = machine(5, [0, 0, 0], 1);
  await expect(still.run()).rejects.toThrow(
    /joint2: expected it to move 0.008 rad within 1 s of a step by 0.06, found it still/,
  );
  expect(still.ends).toEqual(["limp"]);
  await expect(machine(5, [0, 2, 0]).run()).rejects.toThrow(
    /joint2: expected it within its limits, -1.60 to 1.60 rad, found 2.00/,
  );
});
