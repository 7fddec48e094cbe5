import { expect, test } from "vitest";
import { checkClock } from "../../../runtime/cli/doctor/clock.ts";
import { pass } from "../../../runtime/cli/doctor/finding.ts";
import { quantile } from "../../../runtime/cli/doctor/lateness.ts";
import { THRESHOLDS } from "../../../runtime/cli/doctor/thresholds.ts";
import { checkTiming, judgeLateness } from "../../../runtime/cli/doctor/timing.ts";
import { type Fake, fakeSystem, NOTHING } from "./fake-system.ts";

const REAL = { ...NOTHING, driver: "serial" };
const timing = async (has: Fake, need = NOTHING) => (await checkTiming(fakeSystem(has), need, THRESHOLDS)).timing;
const of = async (what: string, has: Fake, need = NOTHING) =>
  (await timing(has, need)).find((finding) => finding.what === what)!;

test.each([
  { late: [0.01, 0.02, 0.4], verdict: "pass" },
  { late: [0.01, 0.02, 0.6], verdict: "warn" },
  { late: [0.01, 0.02, 7], verdict: "warn" },
  { late: [6, 6, 6], verdict: "fail" },
  { late: [], verdict: "fail" },
])("at 200 Hz wakes that are $late ms late: $verdict", ({ late, verdict }) => {
  expect(judgeLateness(late, 200, 0.1).verdict).toBe(verdict);
});

test("the loop's sleep is measured at the robot's own rate", async () => {
  let asked = 0;
  const lateness = async (rateHz: number) => {
    asked = rateHz;
    return { lateMs: [0], driftPpm: 0 };
  };
  await checkTiming(
    fakeSystem({ over: { lateness } }),
    { ...NOTHING, robot: { spec: { servoRateHz: 50 } } } as never,
    THRESHOLDS,
  );
  expect(asked).toBe(50);
});

test("a real-time kernel passes, another is a note", async () => {
  const version = (text: string): Fake => ({ files: { "/proc/version": `Linux version 6.8.1 (gcc) #1 SMP ${text}` } });
  expect((await of("kernel", version("PREEMPT_RT"))).verdict).toBe("pass");
  expect((await of("kernel", version("PREEMPT_DYNAMIC"))).verdict).toBe("note");
  expect((await of("kernel", { files: { "/sys/kernel/realtime": "1\n" } })).verdict).toBe("pass");
});

test("SCHED_FIFO: permitted, refused with the line that permits it, not tried", async () => {
  expect((await of("SCHED_FIFO", { programs: { chrt: {} } })).verdict).toBe("pass");
  const refused: Fake = {
    programs: { chrt: { code: 1, stderr: "chrt: failed to set pid 0's policy: Operation not permitted" } },
  };
  expect((await of("SCHED_FIFO", refused)).verdict).toBe("note");
  const finding = await of("SCHED_FIFO", refused, REAL);
  expect(finding.verdict).toBe("warn");
  expect(finding.fix).toContain('echo "ada - rtprio 50"');
  expect((await of("SCHED_FIFO", {})).verdict).toBe("note");
});

test("autogroup off passes, on is a note", async () => {
  const file = "/proc/sys/kernel/sched_autogroup_enabled";
  expect((await of("autogroup", { files: { [file]: "0\n" } })).verdict).toBe("pass");
  expect((await of("autogroup", { files: { [file]: "1\n" } })).found).toMatch(/^on/);
});

test("a governor that saves power is told where something moves", async () => {
  const root = "/sys/devices/system/cpu";
  const cpu = (governor: string): Fake => ({
    folders: { [root]: ["cpu0", "cpufreq"] },
    files: { [`${root}/cpu0/cpufreq/scaling_governor`]: governor },
  });
  expect((await of("CPU frequency", cpu("performance\n"), REAL)).verdict).toBe("pass");
  expect((await of("CPU frequency", cpu("powersave\n"), REAL)).verdict).toBe("warn");
  expect((await of("CPU frequency", cpu("powersave\n"))).verdict).toBe("note");
  expect((await of("CPU frequency", {})).verdict).toBe("note");
});

test("swap: none passes; in use is told where something moves", async () => {
  const swap = (total: number, free: number): Fake => ({
    files: { "/proc/meminfo": `MemTotal: 1 kB\nSwapTotal: ${total} kB\nSwapFree: ${free} kB\n` },
  });
  expect((await of("swap", swap(0, 0), REAL)).verdict).toBe("pass");
  expect((await of("swap", swap(2048, 1024), REAL)).verdict).toBe("warn");
  expect((await of("swap", swap(2048, 2048), REAL)).verdict).toBe("note");
});

test("a wall clock that runs at another speed is told", async () => {
  const drifts = async (driftPpm: number) => {
    const lateness = async () => ({ lateMs: [0], driftPpm });
    return (await checkTiming(fakeSystem({ over: { lateness } }), NOTHING, THRESHOLDS)).drift.verdict;
  };
  expect(await drifts(-200)).toBe("pass");
  expect(await drifts(5000)).toBe("warn");
});

test.each<{ has: Fake; verdict: string }>([
  { has: { programs: { timedatectl: { stdout: "yes\n" } } }, verdict: "pass" },
  { has: { programs: { timedatectl: { stdout: "no\n" } } }, verdict: "warn" },
  { has: { programs: { chronyc: { stdout: "Leap status     : Normal\n" } } }, verdict: "pass" },
  { has: { programs: { chronyc: { stdout: "Leap status     : Not synchronised\n" } } }, verdict: "warn" },
  { has: {}, verdict: "note" },
])("NTP: $verdict", async ({ has, verdict }) => {
  const [finding] = await checkClock(fakeSystem(has), pass("speed", ""), THRESHOLDS);
  expect(finding).toMatchObject({ what: "NTP", verdict });
});

test.each([
  { source: "tsc\n", verdict: "pass" },
  { source: "hpet\n", verdict: "warn" },
  { source: undefined, verdict: "note" },
])("clock source $source: $verdict", async ({ source, verdict }) => {
  const files =
    source === undefined ? {} : { "/sys/devices/system/clocksource/clocksource0/current_clocksource": source };
  const findings = await checkClock(fakeSystem({ files }), pass("speed", ""), THRESHOLDS);
  expect(findings[1]!.verdict).toBe(verdict);
});

test("a quantile is a value that was there", () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect([quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1)]).toEqual([51, 100, 100]);
});
