import type { JointCommand, RobotSpec } from "../../runtime/robot.ts";
import { emptyCommand } from "../sim/command.ts";
import { AskedServos } from "./asked-servos.ts";
import type { ServoDriverSettings } from "./defaults.ts";
import { HealthRound } from "./health-round.ts";
import { JointStates } from "./joint-states.ts";
import { Motors } from "./motors.ts";
import { type ServoBus, type SyncReplies, syncReplies } from "./servo-bus.ts";
import type { RawHealth, ServoFamily } from "./servo-family.ts";
import type { ServoJoint } from "./servo-joint.ts";

/** Servos of a family on a bus that are a robot's joints. */
export interface ServoMachine {
  readonly spec: RobotSpec;
  readonly bus: ServoBus;
  readonly family: ServoFamily;
}

/** Everything that exists while the driver is open. */
export interface ServoSession {
  readonly joints: readonly ServoJoint[];
  readonly ids: readonly number[];
  readonly asked: AskedServos;
  readonly states: JointStates;
  readonly motors: Motors;
  readonly health: HealthRound;
  readonly replies: SyncReplies;
  readonly counts: Int32Array;
  readonly sent: JointCommand;
  /** Joints whose motor does not do what it was told: their samples age until it does again. */
  readonly down: Uint8Array;
}

/** What the driver hears of single servos; `who` for a person. */
export interface ServoHandlers {
  readonly onTrouble: (who: string, what: string) => void;
  readonly onLook: (joint: number, who: string, health: RawHealth) => void;
}

/** Nothing is sent yet. */
export function beginSession(
  { spec, bus, family }: ServoMachine,
  joints: readonly ServoJoint[],
  settings: ServoDriverSettings,
  { onTrouble, onLook }: ServoHandlers,
): ServoSession {
  const n = joints.length;
  const name = (joint: number): string => `${spec.joints[joint]!.name} (servo ${joints[joint]!.id})`;
  const states = new JointStates(spec, family, joints, settings);
  const motors = new Motors(bus, family, joints, settings, (joint, what) => onTrouble(name(joint), what));
  const ids = joints.map(({ id }) => id);
  return {
    joints,
    ids,
    asked: new AskedServos(ids, settings.silentTicks),
    states,
    motors,
    health: new HealthRound(bus, family, joints, states, (joint, health) => onLook(joint, name(joint), health)),
    replies: syncReplies(n, family.state.size),
    counts: new Int32Array(n),
    sent: emptyCommand(n),
    down: new Uint8Array(n),
  };
}

/** Takes over what a sync read of the asked servos has brought. */
export function acceptReplies(session: ServoSession, { bus, family }: ServoMachine, timeNs: bigint): void {
  const { states, replies, ids, down, asked } = session;
  const { size } = family.state;
  for (let k = 0; k < asked.joints.length; k++) {
    const i = asked.joints[k]!;
    if (replies.fresh[k] === 0) asked.silent(i);
    else {
      asked.answered(i);
      if (!states.accept(i, replies.data, k * size, timeNs, down[i] === 0)) bus.counts.of(ids[i]!).implausible++;
    }
  }
  asked.update();
}

/** Throws, naming the joint, where one is further outside its calibrated range than `margin`, rad. */
export function assertInRange({ joints, states }: ServoSession, spec: RobotSpec, margin: number): void {
  for (const [i, { min, max, id }] of joints.entries()) {
    const at = states.position[i]!;
    if (at >= min - margin && at <= max + margin) continue;
    throw new Error(
      `${spec.name}: ${spec.joints[i]!.name} (servo ${id}): expected it in its calibrated range, ${min.toFixed(3)} to ` +
        `${max.toFixed(3)} rad, found it at ${at.toFixed(3)}; move it there by hand, or calibrate the robot anew`,
    );
  }
}

/** Where each joint is, in counts a goal may have. */
export function countsHere({ joints, states }: ServoSession): number[] {
  return joints.map((joint, i) => joint.toCounts(states.position[i]!));
}

/** From now on the joints whose motor is off are down, and no others. */
export function markDown({ down, motors }: ServoSession): void {
  for (let i = 0; i < down.length; i++) down[i] = motors.isOn(i) ? 0 : 1;
}
