import { type Finding, note, pass, warn } from "./finding.ts";
import type { System } from "./system.ts";
import type { Thresholds } from "./thresholds.ts";

/** Sources that are read in nanoseconds, without a call into the kernel. */
const QUICK = ["tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page"];

/** Whether this computer's clock is set by others, and read quickly. Ticks never depend on the time of day. */
export async function checkClock(
  { platform, read, run }: Pick<System, "platform" | "read" | "run">,
  drift: Finding,
  { serviceMs }: Pick<Thresholds, "serviceMs">,
): Promise<Finding[]> {
  if (platform !== "linux") return [drift, note("NTP", `not asked on ${platform}`)];
  const source = read("/sys/devices/system/clocksource/clocksource0/current_clocksource")?.trim();
  return [await checkNtp(run, serviceMs), checkSource(source), drift];
}

async function checkNtp(run: System["run"], serviceMs: number): Promise<Finding> {
  const what = "NTP";
  const fix = "sudo timedatectl set-ntp true";
  const ran = await run("timedatectl", ["show", "--property=NTPSynchronized", "--value"], serviceMs);
  const said = ran?.stdout.trim();
  if (said === "yes") return pass(what, "the clock is synchronised");
  if (said === "no")
    return warn(what, "the clock is not synchronised: times of recordings and keys' files may be wrong", fix);
  const tracking = await run("chronyc", ["tracking"], serviceMs);
  const status = /Leap status\s*:\s*(.*)/.exec(tracking?.stdout ?? "")?.[1];
  if (status === "Normal") return pass(what, "the clock is synchronised (chrony)");
  if (status !== undefined) return warn(what, `chrony says: ${status}`, "chronyc sources");
  return note(what, "not known: neither timedatectl nor chronyc says");
}

function checkSource(source: string | undefined): Finding {
  if (source === undefined) return note("clock source", "this system does not tell");
  if (QUICK.includes(source)) return pass("clock source", source);
  const found = `${source}: each look at the clock asks the hardware`;
  return warn("clock source", found, "dmesg | grep -i tsc says why the quick one was dropped");
}
