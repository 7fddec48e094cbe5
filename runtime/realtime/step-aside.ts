import { writeFileSync } from "node:fs";
import { setPriority } from "node:os";

/**
 * Lets everything else on this machine go before a process that was just started: what a learner does can wait, what a robot
 * does cannot. Where the kernel schedules sessions as groups (sched(7), autogroup), a nice value counts only within one, and
 * the group has one of its own; `pid` should lead its session. Does what it may; nothing depends on it.
 */
export function stepAside(pid: number, nice: number): void {
  const ways = [() => setPriority(pid, nice), () => writeFileSync(`/proc/${pid}/autogroup`, String(nice))];
  for (const way of ways) {
    try {
      way();
    } catch {
      // not here, or not permitted: it is as before
    }
  }
}
