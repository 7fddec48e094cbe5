import type { StepSchema } from "../../step.ts";
import { type Finding, fail, note, pass, warn } from "./finding.ts";
import { quantile } from "./lateness.ts";
import type { Need } from "./need.ts";
import type { System } from "./system.ts";
import type { Thresholds } from "./thresholds.ts";

/** The disk under the run: how soon it has what it was given, how fast, and for how long there is room. */
export function checkDisk(
  system: Pick<System, "disk" | "free">,
  { run, robot }: Pick<Need, "run" | "robot">,
  { disk }: Pick<Thresholds, "disk">,
): Finding[] {
  const findings: Finding[] = [];
  try {
    const { syncMs, speedMb } = system.disk(run, disk.syncs, disk.writeMb, disk.budgetMs);
    const [p50, p99] = [quantile(syncMs, 0.5), quantile(syncMs, 0.99)];
    const sync = `p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)} ms of ${syncMs.length}`;
    const slow = "the spool holds until it answers; a loop never waits. Another disk: --run <dir on it>";
    findings.push(p99 > disk.syncMs ? warn("fsync", sync, slow) : pass("fsync", sync));
    const speed = `${speedMb.toFixed(0)} MB/s, synced`;
    findings.push(
      speedMb < disk.speedMb
        ? warn("writing", speed, "an SD card? use another disk: --run <dir on it>")
        : pass("writing", speed),
    );
  } catch (error) {
    findings.push(fail("writing", `${run}: ${(error as Error).message}`, "another place: --run <dir>"));
  }
  return [...findings, checkSpace(system.free(run), robot?.schema, run, disk)];
}

function checkSpace(free: number, schema: StepSchema | undefined, run: string, disk: Thresholds["disk"]): Finding {
  const gb = `${(free / 1e9).toFixed(1)} GB left`;
  if (schema === undefined) return note("room", gb);
  const perHour = 3600 * schema.policyRateHz * stepBytes(schema, disk.stepOverhead);
  const hours = free / perHour;
  const found = `${gb}: ${hours > 1000 ? "over 1000" : hours.toFixed(1)} h of recording at about ${(perHour / 1e6).toFixed(0)} MB/h`;
  const fix = `df -h ${run}; make room, or another disk: --run <dir on it>`;
  if (hours < disk.failHours) return fail("room", found, fix);
  return hours < disk.warnHours ? warn("room", found, fix) : pass("room", found);
}

/** Of a recorded step with its standard topics, before compression. Robot and learner each keep one. */
export function stepBytes({ observation, action, joints }: StepSchema, overhead: number): number {
  const tensors = observation.map(({ dtype, shape }) => shape.reduce((n, size) => n * size, dtype === "uint8" ? 1 : 4));
  const numbers = 4 * (action.length + joints.length);
  const standard = joints.reduce((bytes, name) => bytes + 3 * 8 + name.length + 8, 0);
  return tensors.reduce((sum, bytes) => sum + bytes, 0) + numbers + standard + overhead;
}
