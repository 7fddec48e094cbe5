import { SimDriver } from "../drivers/sim/sim-driver.ts";
import { VirtualClock } from "../runtime/clock.ts";
import { Motion, servoTicksPerPolicyTick } from "../runtime/governor/motion.ts";
import { Random } from "../runtime/random.ts";
import type { RobotDefinition, Settings } from "./definition.ts";

export interface BenchOptions<S extends Settings> {
  /** Wall time to spend. */
  readonly seconds: number;
  readonly settings?: S;
  /** Wall time, ms. */
  readonly now?: () => number;
}

export interface SimSpeed {
  /** Policy steps in a second of wall time. */
  readonly stepsPerSecond: number;
  /** Robot time over wall time. */
  readonly realTimeFactor: number;
}

/**
 * How fast a robot's simulation goes: drives it as the loop does (map, filter, line, limits, write, read, observe), with
 * random actions held for 5 to 15 ticks instead of a policy's.
 */
export async function benchSim<S extends Settings>(
  definition: RobotDefinition<S>,
  { seconds, settings = definition.settings, now = () => performance.now() }: BenchOptions<S>,
): Promise<SimSpeed> {
  const { spec } = definition;
  const task = definition.task(settings);
  const clock = new VirtualClock();
  const driver = new SimDriver(spec, definition.simulation(settings), clock);
  const motion = new Motion(spec, task);
  const random = new Random(0, "bench");
  const action = new Float32Array(task.action.length);
  const slots = servoTicksPerPolicyTick(spec);
  const servoPeriodNs = BigInt(Math.round(1e9 / spec.servoRateHz));
  try {
    await driver.open();
    let sample = await driver.read();
    motion.seed(sample.position);
    const start = now();
    let steps = 0;
    for (let held = 0; now() - start < 1000 * seconds; held--, steps++) {
      if (held === 0) {
        held = 5 + random.integer(11);
        for (let i = 0; i < action.length; i++) action[i] = Math.min(1, Math.max(-1, 4 * random.uniform() - 2));
      }
      motion.head(action, 0);
      for (let slot = 0; slot < slots; slot++) {
        await driver.write(motion.command(slot, sample.position, sample.velocity));
        await clock.sleepUntil(clock.now() + servoPeriodNs);
        sample = await driver.read();
      }
      task.observe(sample);
      task.reward(sample);
      task.stage(sample);
    }
    const elapsed = (now() - start) / 1000;
    return { stepsPerSecond: steps / elapsed, realTimeFactor: steps / elapsed / spec.policyRateHz };
  } finally {
    await driver.close();
  }
}
