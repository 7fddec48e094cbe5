import type { EndState } from "../../runtime/robot.ts";
import type { ServoDriverSettings } from "./defaults.ts";
import { meetServo } from "./meet-servos.ts";
import { Motors } from "./motors.ts";
import type { ServoJoint } from "./servo-joint.ts";
import type { ServoMachine } from "./servo-session.ts";

/**
 * Brings the powered servos that answer on an open bus to an end state: one that is missing keeps nobody from theirs. What is
 * powered is held by the goal it has; one that lies limp stays so. Those that do not answer are told to let go all the same
 * where that is the end state. Throws where nobody answers.
 */
export async function relaxWhoAnswers(
  { spec, bus, family }: ServoMachine,
  joints: readonly ServoJoint[],
  end: EndState,
  settings: ServoDriverSettings,
  report: (line: string) => void,
): Promise<void> {
  const powered: { readonly joint: ServoJoint; readonly name: string; readonly goal: number }[] = [];
  const silent: number[] = [];
  const there = await whoAnswers(bus, joints);
  for (const [i, joint] of joints.entries()) {
    const { name } = spec.joints[i]!;
    if (!there.has(joint.id)) {
      report(`${name} (servo ${joint.id} on ${bus.line.name}): nobody answers`);
      silent.push(joint.id);
      continue;
    }
    try {
      const { motor, goal } = await meetServo(bus, family, joint, `${spec.name}: ${name}`);
      if (motor === "on") powered.push({ joint, name, goal });
    } catch (error) {
      report((error as Error).message);
      silent.push(joint.id);
    }
  }
  if (silent.length === joints.length) throw new Error(`${spec.name}: no servo answers on ${bus.line.name}`);
  const motors = new Motors(
    bus,
    family,
    powered.map(({ joint }) => joint),
    settings,
    (i, what) => report(`${powered[i]!.name}: ${what}`),
  );
  for (const [i, { goal }] of powered.entries()) motors.met(i, "on", [], goal);
  const goals = powered.map(({ goal }) => goal);
  if (powered.length > 0) await motors.relax(end === "stop" ? "hold" : end, goals);
  if (end !== "limp" || silent.length === 0) return;
  const { torque } = family;
  await bus.syncWrite(silent, torque.address, torque.size, new Uint8Array(silent.length * torque.size));
}

/** Ids that answer, asked once and, where that was in vain, once more: one that is asked again and again makes a lost bus. */
async function whoAnswers(bus: ServoMachine["bus"], joints: readonly ServoJoint[]): Promise<Set<number>> {
  const there = new Set<number>();
  for (let round = 0; round < 2; round++) {
    for (const { id } of joints) {
      if (there.has(id)) continue;
      const found = await bus.ping(id, true).catch(() => undefined); // lost: the next ones may be asked when it is back
      if (found !== undefined) there.add(id);
    }
  }
  return there;
}
