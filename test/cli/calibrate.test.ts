import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { loadCalibration } from "../../calibration/file.ts";
import { FirstOrderPlant } from "../../drivers/mock/first-order-plant.ts";
import { makeBus, type ServoSetup } from "../../drivers/mock/make-bus.ts";
import { mountedRobot } from "../../drivers/mock/mounting.ts";
import { hasSocat, servePty } from "../../drivers/mock/serve-pty.ts";
import { serveTcp } from "../../drivers/mock/serve-tcp.ts";
import { STS } from "../../drivers/serial/feetech/registers.ts";
import { realTimers } from "../../drivers/serial/timers.ts";
import { SO101_SPEC } from "../../robots/so101/joints.ts";
import { SO101_SERVOS } from "../../robots/so101/servos.ts";
import { calibrate } from "../../runtime/cli/calibrate.ts";
import { Person } from "../calibration/person.ts";
import { MAIN } from "../fakes/reverie.ts";

const directory = mkdtempSync(join(tmpdir(), "reverie-calibrate-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const { joints: JOINTS } = SO101_SPEC;
/** An SO-101 as somebody has put it together, its servos with other offsets than it should have. */
const SETUPS = mountedRobot(SO101_SPEC, SO101_SERVOS, 5).servos.map((each, i) => ({
  ...each,
  homingOffset: 300 * i - 700,
}));

function emulated(setups: readonly ServoSetup[], settings: ConstructorParameters<typeof FirstOrderPlant>[1] = {}) {
  const plant = new FirstOrderPlant(
    JOINTS.map(() => 0.3),
    settings,
  );
  return { plant, bus: makeBus("sts", setups, { plant, timers: realTimers }) };
}

const LATE_MS = 50_000;

/** The command with somebody beside it who does what it says. */
function command(args: readonly string[], person?: Person) {
  const child: ChildProcess = spawn(process.execPath, [MAIN, "calibrate", "so101", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let rest = "";
  let err = "";
  child.stdout!.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) person?.say(line);
  });
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const moving = setInterval(() => person?.show(), 30);
  const exited = new Promise<number | null>((resolve, reject) => {
    child.on("close", resolve);
    const late = () => reject(new Error(`expected it to end in ${LATE_MS} ms, found it waiting:\n${out}\n${err}`));
    setTimeout(late, LATE_MS).unref();
  }).finally(() => clearInterval(moving));
  closers.push(() => child.kill("SIGKILL"));
  return { exited, child, out: () => out, err: () => err };
}

/** The same in this process: what it printed, and its exit code. */
async function here(...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  const said: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((line) => void said.push(line));
  try {
    return { code: await calibrate(["so101", ...args]), said: said.join("\n") };
  } finally {
    log.mockRestore();
  }
}

const QUICK = [
  ...[
    "pollHz=100",
    "plausibleSpeed=100",
    "restSeconds=0.4",
    "stillSeconds=0.15",
    "silentSeconds=2",
    "supportSeconds=0.05",
  ],
  ...["auto.speed=12", "auto.lag=0.5", "auto.stallSeconds=0.2"],
].map((each) => `--calibrate.${each}`);
const reach = (port: string, file: string): string[] => [
  `--serial.port=${port}`,
  `--serial.calibration=${file}`,
  "--serial.slackMs=300",
  ...QUICK,
];

function helper(plant: FirstOrderPlant): Person {
  const person = new Person(SO101_SPEC, plant);
  person.sweepLooks = 12;
  return person;
}

test.runIf(existsSync(MAIN))(
  "somebody sweeps an arm, is interrupted, goes on, and it is calibrated; then it is checked, exported, and found changed",
  async () => {
    const file = join(directory, "so101.json");
    const { bus, plant } = emulated(SETUPS);
    const pty = await hasSocat();
    const served = pty ? await servePty(bus, join(directory, "bus")) : await serveTcp(bus);
    closers.push(() => served.close());
    const port = "path" in served ? served.path : served.address;

    const first = command(["--yes", ...reach(port, file)], helper(plant));
    await expect.poll(() => first.out() + first.err(), { timeout: 20_000 }).toContain("Home:");
    first.child.kill("SIGINT");
    expect(await first.exited).toBe(130);
    expect(first.out()).toContain("So far: swept. The same command goes on from there.");
    expect(bus.servos.map((servo) => servo.get(STS.homingOffset))).toEqual(
      SETUPS.map(({ homingOffset }) => homingOffset),
    );

    const second = command(["--yes", ...reach(port, file)], helper(plant));
    expect(await second.exited, second.err()).toBe(0);
    expect(second.out()).toContain("Goes on where it was interrupted: swept");
    expect(second.out()).not.toContain("Sweep:");
    const { joints } = loadCalibration("so101", file);
    for (const [i, joint] of joints.entries()) {
      const { zero, direction } = SETUPS[i]!.mounting;
      const servo = bus.servos[i]!;
      expect(joint.direction).toBe(direction);
      expect(joint.homingOffset).toBe(servo.get(STS.homingOffset));
      const off = joint.zero + servo.get(STS.homingOffset) - zero;
      expect(Math.abs(off - 4096 * Math.round(off / 4096))).toBeLessThanOrEqual(1);
      expect([servo.get(STS.minPosition), servo.get(STS.maxPosition)]).toEqual([joint.min, joint.max]);
      expect(joint.firmware).toBe(310);
    }

    const check = await here("--check", ...reach(port, file));
    expect([check.code, check.said]).toEqual([0, expect.stringContaining("All servos are as they were calibrated.")]);
    const out = join(directory, "lerobot.json");
    expect((await here("--export", out, ...reach(port, file))).code).toBe(0);
    expect(JSON.parse(readFileSync(out, "utf8")).gripper).toMatchObject({ id: 6, range_min: joints[5]!.min });
    const back = join(directory, "back.json");
    await here("--import", out, ...reach(port, back));
    for (const [i, { min, max, direction, homingOffset }] of loadCalibration("so101", back).joints.entries()) {
      expect(joints[i]).toMatchObject({ min, max, direction, homingOffset });
    }

    bus.servos[3]!.save(STS.minPosition, 7);
    const changed = await here("--check", ...reach(port, file));
    expect(changed.code).toBe(1);
    expect(changed.said).toMatch(/wrist_flex \(servo 4\).*expected minPosition \(register 9\) \d+, found 7/);
    expect(changed.said).toContain("reverie calibrate so101");
  },
  60_000,
);

/** util-linux's `script` gives a command a terminal. */
const hasScript = /util-linux/.test(spawnSync("script", ["--version"], { encoding: "utf8" }).stdout ?? "");

test.runIf(existsSync(MAIN) && hasScript)(
  "at a terminal Enter ends each step, every joint has a live bar, and Ctrl-C keeps what was swept",
  async () => {
    const file = join(directory, "terminal.json");
    const { bus, plant } = emulated(SETUPS);
    const served = await serveTcp(bus);
    closers.push(() => served.close());
    const person = helper(plant);
    const words = [process.execPath, MAIN, "calibrate", "so101", ...reach(served.address, file)].join(" ");
    const child = spawn("script", ["-qec", words, "/dev/null"], { stdio: "pipe" });
    closers.push(() => child.kill("SIGKILL"));
    let shown = "";
    let heard = 0;
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      shown += text;
      const steps = [...shown.matchAll(/^\W*(?:\[[\dA-J]+\r?)*((?:Sweep|Home|Direction of \w+):.*)$/gm)];
      for (const [, line] of steps.slice(heard)) person.say(line!);
      heard = steps.length;
    });
    const moving = setInterval(() => {
      person.show();
      if (person.confirmed()) child.stdin.write("\r");
    }, 30);
    const exited = new Promise<number | null>((resolve) => child.on("close", resolve));
    await expect.poll(() => shown, { timeout: 20_000 }).toContain("Direction of shoulder_lift:");
    child.stdin.write("\x03");
    expect(await exited).toBe(130);
    clearInterval(moving);
    expect(shown).toMatch(/wrist_roll {4}[━●]+·* +\d+% +\d+° ✓/);
    expect(shown).toContain(
      "So far: swept, home pose, direction of shoulder_pan. The same command goes on from there.",
    );
    expect(existsSync(file)).toBe(false);
  },
  60_000,
);

test.runIf(existsSync(MAIN))(
  "with --auto --yes nobody touches it, and it is told how soon it moves",
  async () => {
    const file = join(directory, "auto.json");
    const setups = SETUPS.map((each) => ({ ...each, mounting: { ...each.mounting, direction: 1 as const } }));
    const stops = JOINTS.map(({ min, max }) => [min, max] as const);
    const { bus } = emulated(setups, { stops, topSpeed: 40, stiffness: 3, timeConstant: 0.03 });
    const served = await serveTcp(bus);
    closers.push(() => served.close());
    const auto = command(["--auto", "--yes", ...reach(served.address, file)]);
    expect(await auto.exited, auto.err()).toBe(0);
    const { joints } = loadCalibration("so101", file);
    for (const [i, { zero, min, max }] of joints.entries()) {
      const off = zero + bus.servos[i]!.get(STS.homingOffset) - setups[i]!.mounting.zero;
      expect(Math.abs(off - 4096 * Math.round(off / 4096))).toBeLessThan((0.5 / 360) * 4096);
      expect(Math.abs(((max - min) * 2 * Math.PI) / 4096 - (JOINTS[i]!.max - JOINTS[i]!.min))).toBeLessThan(0.01);
    }
    const quick = ["--calibrate.latency.trials=2", "--calibrate.latency.settleSeconds=0.1"];
    const latency = command(["--latency", ...quick, ...reach(served.address, file)]);
    expect(await latency.exited, latency.err() + latency.out()).toBe(0);
    expect(latency.out()).toMatch(/gripper: median [\d.]+ ms, p90 [\d.]+ ms, 2 steps/);
    expect(loadCalibration("so101", file).latency).toHaveLength(6);
  },
  60_000,
);

test.runIf(existsSync(MAIN))(
  "bad input is one line that says what is wrong",
  async () => {
    const other = join(directory, "other.json");
    writeFileSync(other, '{"schema":1,"robot":"crane"}');
    const nobody = "--serial.port=tcp://127.0.0.1:9";
    const alone = command([nobody]);
    expect(await alone.exited).toBe(2);
    expect(alone.err()).toMatch(
      /^reverie: .*expected a terminal to press Enter in, found none; --yes goes on without\n$/,
    );
    const wrong: (readonly [args: readonly string[], message: string])[] = [
      [["--yes"], "expected --serial.port to say where its servos are"],
      [["--yes", nobody, `--serial.calibration=${other}`], 'expected robot "so101", found "crane"'],
      [["--check", "--imu"], "expected one of --check, --imu"],
      [["--check", `--serial.calibration=${join(directory, "none.json")}`], "measure it with: reverie calibrate so101"],
      [["--imu", "--driver", "sim"], "expected an IMU that measures acceleration, found none"],
      [["--yes", "--calibrate.auto.torqueShare=0.9"], "expected a number above 0 up to 0.5, found 0.9"],
      [["--camera", "wrist"], "expected --intrinsics <file>, --extrinsics <file> or both"],
      [["--intrinsics", "x"], "expected --camera <name> with --intrinsics"],
    ];
    for (const [args, message] of wrong) await expect(here(...args)).rejects.toThrow(message);
  },
  30_000,
);
