import { type Finding, fail, note, pass, warn } from "./finding.ts";
import { quantile } from "./lateness.ts";
import { moves, type Need } from "./need.ts";
import type { System } from "./system.ts";
import type { Thresholds } from "./thresholds.ts";

type Looks = Pick<System, "platform" | "read" | "list" | "run" | "user" | "lateness">;

const LIMITS = "/etc/security/limits.d/reverie.conf";
/** What --realtime asks for by default. */
const FIFO_PRIORITY = 50;

/** How well this kernel wakes a loop, and what it has that would help. Asks for nothing that lasts. */
export async function checkTiming(
  system: Looks,
  need: Pick<Need, "driver" | "robot"> & Need,
  { timing, clock, askMs }: Pick<Thresholds, "timing" | "clock" | "askMs">,
): Promise<{ readonly timing: Finding[]; readonly drift: Finding }> {
  const rateHz = need.robot?.spec.servoRateHz ?? timing.servoRateHz;
  const { lateMs, driftPpm } = await system.lateness(rateHz, timing.seconds);
  const serious = moves(need);
  const findings = [
    judgeLateness(lateMs, rateHz, timing.p99Share),
    checkKernel(system, serious),
    await checkFifo(system, serious, askMs),
    checkAutogroup(system),
    checkGovernors(system, serious),
    checkSwap(system, serious),
  ];
  const found = `wall and monotonic clock differ by ${Math.abs(driftPpm).toFixed(0)} ppm over a second`;
  const fix = "something sets the clock by force: sudo systemctl restart systemd-timesyncd, or chrony with slew";
  const drift = Math.abs(driftPpm) <= clock.driftPpm ? pass("speed", found) : warn("speed", found, fix);
  return { timing: findings, drift };
}

/** A loop's sleep may be late by a share of the period; half of them by a whole one is no loop. */
export function judgeLateness(lateMs: readonly number[], rateHz: number, p99Share: number): Finding {
  const [p50, p99, max] = [quantile(lateMs, 0.5), quantile(lateMs, 0.99), Math.max(...lateMs)];
  const periodMs = 1000 / rateHz;
  const found = `p50 ${p50.toFixed(3)}, p99 ${p99.toFixed(3)}, max ${max.toFixed(3)} ms at ${rateHz} Hz, unprivileged`;
  const what = "wake lateness";
  if (lateMs.length === 0 || p50 >= periodMs) {
    return fail(
      what,
      lateMs.length === 0 ? "not one wake in a second" : found,
      "end what keeps the processor busy: top",
    );
  }
  if (p99 > p99Share * periodMs || max > periodMs) {
    return warn(what, found, "end what keeps the processor busy: top; and run with --realtime");
  }
  return pass(what, found);
}

function checkKernel({ platform, read }: Looks, serious: boolean): Finding {
  const what = "kernel";
  if (platform !== "linux") return note(what, `${platform}: PREEMPT_RT is Linux's`);
  const version = read("/proc/version") ?? "";
  const release = /version (\S+)/.exec(version)?.[1] ?? "Linux";
  if (/PREEMPT_RT/.test(version) || read("/sys/kernel/realtime")?.trim() === "1")
    return pass(what, `${release}, PREEMPT_RT`);
  const found = `${release}, no PREEMPT_RT: enough for most robots at 200 Hz with --realtime`;
  return note(
    what,
    found,
    serious ? "on Ubuntu: sudo pro enable realtime-kernel; on Debian: apt install linux-image-rt-amd64" : undefined,
  );
}

/** Runs "true" with SCHED_FIFO: what the system grants to that, it grants to the loop. */
async function checkFifo({ platform, run, user }: Looks, serious: boolean, askMs: number): Promise<Finding> {
  const what = "SCHED_FIFO";
  if (platform !== "linux") return note(what, `not there on ${platform}`);
  const ran = await run("chrt", ["--fifo", String(FIFO_PRIORITY), "true"], askMs);
  if (ran === undefined) return note(what, "not tried: there is no chrt", "sudo apt install util-linux");
  if (ran.code === 0) return pass(what, `permitted at priority ${FIFO_PRIORITY}: --realtime will get it`);
  const fix = `echo "${user} - rtprio ${FIFO_PRIORITY}" | sudo tee ${LIMITS}, then log in anew`;
  return (serious ? warn : note)(what, `refused (${ran.stderr.trim().split("\n")[0]})`, fix);
}

function checkAutogroup({ platform, read }: Looks): Finding {
  const on = read("/proc/sys/kernel/sched_autogroup_enabled")?.trim();
  if (platform !== "linux" || on === undefined) return note("autogroup", "not there");
  if (on === "0") return pass("autogroup", "off: nice values count between all processes");
  return note(
    "autogroup",
    "on: nice values count only within a session; a learner here is given its own and steps aside",
  );
}

function checkGovernors({ list, read }: Looks, serious: boolean): Finding {
  const what = "CPU frequency";
  const root = "/sys/devices/system/cpu";
  const governors = list(root)
    .filter((name) => /^cpu\d+$/.test(name))
    .flatMap((name) => read(`${root}/${name}/cpufreq/scaling_governor`)?.trim() ?? []);
  if (governors.length === 0) return note(what, "not ours to see: fixed, or a virtual machine's host decides");
  const kinds = [...new Set(governors)];
  if (kinds.length === 1 && kinds[0] === "performance") return pass(what, "governor performance");
  const found = `governor ${kinds.join(", ")}: a core that slept wakes slowly`;
  return (serious ? warn : note)(what, found, "sudo cpupower frequency-set -g performance");
}

function checkSwap({ read }: Looks, serious: boolean): Finding {
  const info = read("/proc/meminfo");
  if (info === undefined) return note("swap", "this system does not tell");
  const mb = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(info)?.[1] ?? 0) / 1024;
  const [total, free] = [mb("SwapTotal"), mb("SwapFree")];
  if (total === 0) return pass("swap", "none");
  const found = `${(total - free).toFixed(0)} of ${total.toFixed(0)} MB in use: a page that went out comes back late`;
  return (serious && total - free > 0 ? warn : note)("swap", found, "sudo swapoff -a, where there is memory enough");
}
