import { SimDriver } from "../drivers/sim/sim-driver.ts";
import { VirtualClock } from "../runtime/clock.ts";
import { Random } from "../runtime/random.ts";
import type { RobotDefinition, Settings } from "./definition.ts";

export interface SimSpeed {
  /** Policy steps in a second of wall time. */
  readonly stepsPerSecond: number;
  /** Robot time over wall time. */
  readonly realTimeFactor: number;
}

/**
 * Drives a simulated robot for `seconds` of wall time as the loop would, without a policy: a random action held for 5 to
 * 15 ticks, mapped; at every servo tick the target is interpolated, kept near the joints, written and read back.
 * `now`: wall time, ms.
 */
export async function benchSim<S extends Settings>(
  definition: RobotDefinition<S>,
  { seconds, settings = definition.settings, now = () => performance.now() }: BenchOptions<S>,
): Promise<SimSpeed> {
  const { spec } = definition;
  const task = definition.task(settings);
  const clock = new VirtualClock();
  const driver = new SimDriver(spec, definition.simulation(settings), clock);
  const random = new Random(0, "bench");
  const action = new Float64Array(task.action.length);
  const [previous, next, position] = [0, 0, 0].map(() => new Float64Array(spec.joints.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const kp = Float64Array.from(spec.joints, (joint) => joint.kp);
  const kd = Float64Array.from(spec.joints, (joint) => joint.kd);
  const servoTicks = spec.servoRateHz / spec.policyRateHz;
  const servoPeriod = BigInt(Math.round(1e9 / spec.servoRateHz));
  try {
    await driver.open();
    let sample = await driver.read();
    next.set(sample.position);
    const start = now();
    let steps = 0;
    for (let held = 0; now() - start < 1000 * seconds; held--, steps++) {
      if (held === 0) {
        held = 5 + random.integer(11);
        for (let i = 0; i < action.length; i++) action[i] = Math.min(1, Math.max(-1, 4 * random.uniform() - 2));
      }
      previous.set(next);
      task.mapAction(action, next);
      for (let tick = 1; tick <= servoTicks; tick++) {
        for (let i = 0; i < position.length; i++) {
          const { min, max } = spec.joints[i]!;
          const target = previous[i]! + (tick / servoTicks) * (next[i]! - previous[i]!);
          const near = Math.min(task.maxPositionError, Math.max(-task.maxPositionError, target - sample.position[i]!));
          position[i] = Math.min(max, Math.max(min, sample.position[i]! + near));
        }
        await driver.write({ position, kp, kd });
        await clock.sleepUntil(clock.now() + servoPeriod);
        sample = await driver.read();
      }
      task.observe(sample);
      task.reward(sample);
    }
    const elapsed = (now() - start) / 1000;
    return { stepsPerSecond: steps / elapsed, realTimeFactor: steps / elapsed / spec.policyRateHz };
  } finally {
    await driver.close();
  }
}

export interface BenchOptions<S extends Settings> {
  readonly seconds: number;
  readonly settings?: S;
  readonly now?: () => number;
}
