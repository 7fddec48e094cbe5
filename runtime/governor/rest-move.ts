import type { Clock } from "../clock.ts";
import type { Driver, JointCommand, RestMove, RobotSpec, Sample } from "../robot.ts";
import type { Limiter } from "./limits.ts";

/** How long a joint must be off its target before it counts as having met something, ns. */
const CONTACT_NS = 150_000_000n;
/** How much longer than the way takes the move may go on, s. */
const PATIENCE = 1;

export type RestResult = "rests" | "met something" | "took too long" | "stopped";

/**
 * Moves every joint in a straight line from the command in force to the rest pose, slowly, within the limits, and watches
 * that the machine follows: a joint that stays off its target has met something or somebody, and the move ends there; so
 * it does as soon as `stopped` says so of a sample.
 */
export async function moveToRest(
  { joints, restPose, servoRateHz }: RobotSpec,
  { speed, contactError }: RestMove,
  driver: Driver,
  clock: Clock,
  limiter: Limiter,
  from: ArrayLike<number>,
  stopped: (sample: Sample) => boolean,
): Promise<RestResult> {
  const target = Float64Array.from(from);
  const command: JointCommand = {
    position: new Float64Array(joints.length),
    kp: Float64Array.from(joints, ({ kp }) => kp),
    kd: Float64Array.from(joints, ({ kd }) => kd),
  };
  const period = 1 / servoRateHz;
  const periodNs = BigInt(Math.round(period * 1e9));
  const farthest = Math.max(...restPose.map((rest, i) => Math.abs(rest - target[i]!)));
  const start = clock.now();
  const end = start + BigInt(Math.round((farthest / speed + PATIENCE) * 1e9));
  let offSince: bigint | undefined;
  for (let deadline = start; deadline < end; deadline += periodNs) {
    await clock.sleepUntil(deadline);
    const sample = await driver.read();
    const { position, velocity } = sample;
    if (stopped(sample)) return "stopped";
    const there = restPose.every((rest, i) => target[i] === rest && Math.abs(position[i]! - rest) <= contactError);
    if (there) return "rests";
    const off = target.some((wanted, i) => Math.abs(position[i]! - wanted) > contactError);
    offSince = off ? (offSince ?? clock.now()) : undefined;
    if (offSince !== undefined && clock.now() - offSince >= CONTACT_NS) return "met something";
    for (const [i, rest] of restPose.entries()) {
      const left = rest - target[i]!;
      target[i] = Math.abs(left) <= speed * period ? rest : target[i]! + Math.sign(left) * speed * period;
    }
    command.position.set(target);
    limiter.limit(command.position, position, velocity);
    await driver.write(command);
  }
  return "took too long";
}
