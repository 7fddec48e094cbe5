import type { Clock } from "../../runtime/clock.ts";
import { meetPatiently } from "./meet-patiently.ts";
import type { MetServo } from "./meet-servos.ts";
import type { ServoMachine, ServoSession } from "./servo-session.ts";

/** Every servo is there and set up; in the joints' order. Nobody at all is waited for until `untilNs` on the clock. */
export async function meetChain(
  { joints }: ServoSession,
  { spec, bus, family }: ServoMachine,
  clock: Clock,
  untilNs: bigint,
  report: (line: string) => void,
): Promise<MetServo[]> {
  const met: MetServo[] = [];
  for (const [i, joint] of joints.entries()) {
    const { name } = spec.joints[i]!;
    const servo = await meetPatiently(bus, family, joint, `${spec.name}: ${name}`, clock, untilNs);
    met.push(servo);
    if (servo.changed.length > 0) report(`${name} (servo ${joint.id}): set ${servo.changed.join(", ")}`);
  }
  return met;
}

/** Every joint is measured, in so many tries or until `untilNs`. Throws with the first that is not. */
export async function measureAll(
  { ids, states, replies }: ServoSession,
  { spec, bus, family }: ServoMachine,
  clock: Clock,
  untilNs: bigint,
  tries: number,
): Promise<void> {
  const { address, size } = family.state;
  const missing = new Set(ids.keys());
  for (let i = 0; missing.size > 0 && (i < tries || clock.now() < untilNs); i++) {
    const timeNs = clock.now();
    await bus.syncRead(ids, address, size, replies);
    for (const joint of missing) {
      if (replies.fresh[joint] === 0) continue;
      if (states.accept(joint, replies.data, joint * size, timeNs, true)) missing.delete(joint);
    }
  }
  for (const joint of missing) {
    throw new Error(
      `${spec.name}: ${spec.joints[joint]!.name} (servo ${ids[joint]}): no position in ${tries} tries or more; check its cable and power`,
    );
  }
}
