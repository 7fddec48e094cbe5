import type { Clock } from "../clock.ts";
import type { Driver, JointCommand, RestMove, RobotSpec, Sample } from "../robot.ts";
import type { Limiter } from "./limits.ts";

/** How long a joint must be off its target before it counts as having met something, ns. */
const CONTACT_NS = 150_000_000n;
/** A machine that was moving fast gets so long to come to a stop, s. */
const SETTLE = 0.5;
/** How much longer than the way takes the move may go on, s. */
const PATIENCE = 1;
/** A joint as slow as this share of the move's speed has arrived. */
const STILL = 0.25;

export type RestResult = "rests" | "met something" | "took too long" | "stopped";

/** The longest a return to the rest pose may take, from anywhere, ms; 0 for a robot that does not. */
export function longestRestMs({ joints, rest, restPose }: RobotSpec): number {
  if (rest === undefined) return 0;
  const ways = joints.map(({ min, max }, i) => Math.max(restPose[i]! - min, max - restPose[i]!));
  return 1000 * (SETTLE + Math.max(...ways) / rest.speed + PATIENCE);
}

/**
 * Moves every joint in a straight line from the command in force to the rest pose, slowly, within the limits, and watches
 * that the machine follows: a joint that stays off its target has met something or somebody, and the move ends there; so
 * it does as soon as `stopped` says so of a sample. A machine that is moving comes to a stop first, its command never
 * farther than `contactError` from the measured joint.
 */
export async function moveToRest(
  spec: RobotSpec,
  { speed, contactError }: RestMove,
  driver: Driver,
  clock: Clock,
  limiter: Limiter,
  from: ArrayLike<number>,
  stopped: (sample: Sample) => boolean,
): Promise<RestResult> {
  const { joints, restPose, servoRateHz } = spec;
  const target = Float64Array.from(from);
  const command: JointCommand = {
    position: new Float64Array(joints.length),
    kp: Float64Array.from(joints, ({ kp }) => kp),
    kd: Float64Array.from(joints, ({ kd }) => kd),
  };
  const periodNs = BigInt(Math.round(1e9 / servoRateHz));
  const stride = speed / servoRateHz;
  const start = clock.now();
  const end = start + BigInt(Math.round(longestRestMs(spec) * 1e6));
  const settled = start + BigInt(SETTLE * 1e9);
  let moves = false;
  let offSince: bigint | undefined;
  for (let deadline = start; deadline < end; deadline += periodNs) {
    await clock.sleepUntil(deadline);
    const sample = await driver.read();
    const { position, velocity } = sample;
    if (stopped(sample)) return "stopped";
    const slower = (limit: number): boolean => velocity.every((v) => Math.abs(v) <= limit);
    const off = (command: number, i: number): boolean => Math.abs(position[i]! - command) > contactError;
    if (!moves) {
      moves = slower(speed) || clock.now() >= settled;
      for (const [i, q] of position.entries()) {
        target[i] = Math.min(Math.max(target[i]!, q - contactError), q + contactError);
      }
    } else {
      const arrived = restPose.every((rest, i) => target[i] === rest && !off(rest, i));
      if (arrived && slower(STILL * speed)) return "rests";
      offSince = target.some(off) ? (offSince ?? clock.now()) : undefined;
      if (offSince !== undefined && clock.now() - offSince >= CONTACT_NS) return "met something";
      for (const [i, rest] of restPose.entries()) {
        const left = rest - target[i]!;
        target[i] = Math.abs(left) <= stride ? rest : target[i]! + Math.sign(left) * stride;
      }
    }
    command.position.set(target);
    limiter.limit(command.position, position, velocity);
    await driver.write(command);
  }
  return "took too long";
}
