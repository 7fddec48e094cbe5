import { rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { jointUnits } from "../../../calibration/joint.ts";
import { chainCalibration, chainSetups, chainSpec } from "../../../drivers/mock/chain.ts";
import { SERVO_KINDS, type ServoKind } from "../../../drivers/mock/make-bus.ts";
import { hasSocat } from "../../../drivers/mock/serve-pty.ts";
import { startEmulator } from "../../../drivers/mock/start-emulator.ts";
import type { LineCounts } from "../../../drivers/serial/line.ts";
import { servoChain } from "../../../drivers/serial/servo-chain.ts";
import { RealtimeClock } from "../../clock.ts";
import { Histogram, type Percentiles } from "../../governor/histogram.ts";
import type { Driver, JointCommand, RobotSpec } from "../../robot.ts";

export interface BenchBusOptions {
  readonly kind: ServoKind;
  /** Of each of the two measurements of each chain. */
  readonly seconds: number;
  readonly rateHz: number;
  /** Bits a second of the wire. */
  readonly baud: number;
  /** One line for a person, as soon as there is one. */
  readonly say: (line: string) => void;
}

/** One read of position, velocity and load of every servo, and one write of a goal to each. */
export interface ChainSpeed {
  readonly servos: number;
  /** At the asked rate. */
  readonly cycleMs: Percentiles;
  readonly cycles: number;
  /** Cycles that were not over when the next was due. */
  readonly late: number;
  /** Samples that were older than one cycle. */
  readonly aged: number;
  /** Of one core, of this process: driver, port and loop. */
  readonly cpuShare: number;
  /** One cycle right after the other. */
  readonly flatOutHz: number;
  readonly counts: LineCounts;
}

export interface BusSpeed {
  readonly kind: ServoKind;
  /** "pty" where there is a socat, else "tcp". */
  readonly carrier: "pty" | "tcp";
  readonly baud: number;
  readonly rateHz: number;
  readonly seconds: number;
  readonly cores: number;
  /** Of this machine in the minute before: what else it does is measured too. */
  readonly loadBefore: number;
  readonly chains: readonly ChainSpeed[];
}

/** Chains that are measured: an arm and a quadruped. */
const CHAINS = [6, 12];
const SLACK_MS = 100;

/** Drives emulated chains, in a process of their own that keeps to the wire's speed, over a pty or TCP. */
export async function measureBus(options: BenchBusOptions): Promise<BusSpeed> {
  const { kind, seconds, rateHz, baud, say } = options;
  const loadBefore = loadavg()[0]!;
  const cores = availableParallelism();
  const carrier = (await hasSocat()) ? "pty" : "tcp";
  say(`${kind} over ${carrier} at ${baud} baud, ${rateHz} Hz; load ${loadBefore.toFixed(1)} on ${cores} cores before`);
  const chains: ChainSpeed[] = [];
  for (const servos of CHAINS) {
    const speed = await benchChain(servos, carrier, options);
    const { p50Ms, p99Ms } = speed.cycleMs;
    say(
      `  ${servos} servos: a cycle takes ${p50Ms.toFixed(2)} ms (p99 ${p99Ms.toFixed(2)}), ${speed.late} of ${speed.cycles} late, ` +
        `${(100 * speed.cpuShare).toFixed(1)} % of a core; at most ${speed.flatOutHz.toFixed(0)} Hz; ${speed.counts.timeouts} timeouts`,
    );
    chains.push(speed);
  }
  return { kind, carrier, baud, rateHz, seconds, cores, loadBefore, chains };
}

async function benchChain(servos: number, carrier: "pty" | "tcp", options: BenchBusOptions): Promise<ChainSpeed> {
  const { kind, seconds, rateHz, baud } = options;
  const spec = chainSpec(servos);
  const pty = join(tmpdir(), `reverie-bus-${process.pid}-${servos}`);
  const emulator = await startEmulator({
    kind,
    servos: chainSetups(kind, servos),
    plant: { start: spec.restPose },
    faults: [],
    seed: 0,
    pacedBaud: baud,
    ...(carrier === "pty" && { pty }),
  });
  const clock = new RealtimeClock();
  const { driver, bus } = servoChain({
    spec,
    family: SERVO_KINDS[kind].manners.family,
    port: emulator.port,
    baud,
    joints: async () => chainCalibration(kind, servos).map((joint) => ({ ...jointUnits(joint), effortPerLoad: 0.003 })),
    clock,
    // What is late on a busy machine should show as late, not as lost.
    line: { slackMs: SLACK_MS },
  });
  try {
    await driver.open();
    const paced = await cycle(driver, spec, clock, rateHz, seconds);
    const flatOut = await cycle(driver, spec, clock, undefined, seconds);
    const flatOutHz = flatOut.cycles / seconds;
    const { cycleMs, cycles, late, aged, cpuShare } = paced;
    return { servos, cycleMs, cycles, late, aged, cpuShare, flatOutHz, counts: { ...bus.line.counts } };
  } finally {
    await driver.close();
    emulator.close();
    rmSync(pty, { force: true });
  }
}

type Cycles = Pick<ChainSpeed, "cycleMs" | "cycles" | "late" | "aged" | "cpuShare">;

/** At `rateHz` or, when that is undefined, as fast as it goes. The joints swing slowly. */
async function cycle(
  driver: Driver,
  spec: RobotSpec,
  clock: RealtimeClock,
  rateHz: number | undefined,
  seconds: number,
): Promise<Cycles> {
  const histogram = new Histogram();
  const joints = spec.joints.length;
  const command: JointCommand = {
    position: new Float64Array(joints),
    kp: Float64Array.from(spec.joints, ({ kp }) => kp),
    kd: Float64Array.from(spec.joints, ({ kd }) => kd),
  };
  const period = BigInt(Math.round(1e9 / (rateHz ?? 1e9)));
  const begin = clock.now();
  const end = begin + BigInt(Math.round(seconds * 1e9));
  const cpuBefore = process.cpuUsage();
  let cycles = 0;
  let late = 0;
  let aged = 0;
  for (let deadline = begin; clock.now() < end; cycles++) {
    if (rateHz !== undefined) await clock.sleepUntil(deadline);
    const began = clock.now();
    const sample = await driver.read();
    if (sample.timeNs < began) aged++;
    command.position.fill(0.5 * Math.sin((2 * Math.PI * Number(began - begin)) / 4e9));
    await driver.write(command);
    const now = clock.now();
    histogram.add(Number(now - began) / 1e6);
    deadline += period;
    if (rateHz === undefined || now <= deadline) continue;
    late++;
    deadline += ((now - deadline) / period) * period;
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  const wallUs = Number(clock.now() - begin) / 1000;
  return { cycleMs: histogram.percentiles(), cycles, late, aged, cpuShare: (user + system) / wallUs };
}
