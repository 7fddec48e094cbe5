import { type Finding, fail, pass, warn } from "./finding.ts";
import type { System } from "./system.ts";
import type { Thresholds } from "./thresholds.ts";

/** What is free for a robot's processes and a learner's. */
export function checkMemory(
  { memory }: Pick<System, "memory">,
  { memory: limits }: Pick<Thresholds, "memory">,
): Finding[] {
  const { total, available } = memory();
  const found = `${available.toFixed(1)} of ${total.toFixed(1)} GB free`;
  const fix = "end what takes most: ps aux --sort=-rss | head";
  if (available < limits.failGb) return [fail("memory", found, fix)];
  return [
    available < limits.warnGb
      ? warn("memory", found, `${fix}; a learner elsewhere: reverie help robot`)
      : pass("memory", found),
  ];
}
