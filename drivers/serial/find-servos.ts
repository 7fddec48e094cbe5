import type { RigJoint } from "../../calibration/rig.ts";
import type { SerialRobot } from "./serial-robot.ts";
import type { FoundServo, ServoBus } from "./servo-bus.ts";
import type { ServoFamily } from "./servo-family.ts";

/** Ids that are looked at when one is missing. */
const NEARBY_IDS = 20;

/**
 * Every servo of a robot, each asked by its id. Throws with the joint, the servo and what is wrong: nobody answers, several
 * answer at once, it is another model, it listens at another speed.
 */
export async function findServos(
  names: readonly string[],
  robot: SerialRobot,
  family: ServoFamily,
  bus: ServoBus,
): Promise<readonly RigJoint[]> {
  const found: RigJoint[] = [];
  for (const [i, name] of names.entries()) {
    const { id, model } = robot.servos[i]!;
    const who = `${name} (servo ${id} on ${bus.line.name})`;
    const servo = await bus.ping(id).catch((error: Error) => error);
    if (!(servo instanceof Error) && servo !== undefined) {
      if (servo.model !== model)
        throw new Error(`${who}: expected ${called(family, model)}, found ${called(family, servo.model)}`);
      await assertAlone(bus, family, servo, who);
      found.push({ name, id, model, firmware: servo.firmware });
      continue;
    }
    if (bus.line.state === "lost" && servo instanceof Error) throw servo;
    if (heardNoise(bus, id)) throw new Error(`${who}: ${SEVERAL}`);
    throw new Error(`${who}: nobody answers; ${await whereElse(robot, family, bus)}`);
  }
  return found;
}

const SEVERAL =
  "expected one servo with this id, found answers that destroy each other; connect one of them at a time and give it an id of its own";

/** Two servos of a kind say the same to a ping; what they measure differs. */
async function assertAlone(bus: ServoBus, family: ServoFamily, { id }: FoundServo, who: string): Promise<void> {
  const { address, size } = family.state;
  const before = bus.counts.of(id).corrupt;
  let silent = 0;
  for (let i = 0; i < 4; i++) await bus.read(id, address, size).catch(() => silent++);
  if (bus.counts.of(id).corrupt > before && silent > 0) throw new Error(`${who}: ${SEVERAL}`);
}

function heardNoise(bus: ServoBus, id: number): boolean {
  return bus.counts.of(id).corrupt > 0;
}

/** Who is there instead, at this speed or at another. */
async function whereElse(robot: SerialRobot, family: ServoFamily, bus: ServoBus): Promise<string> {
  const expected = robot.servos.map(({ id }) => id);
  const ids = Array.from({ length: NEARBY_IDS + 1 }, (_, id) => id);
  const others = [];
  for (const id of ids) if (await answers(bus, id)) others.push(id);
  const strangers = others.filter((id) => !expected.includes(id));
  if (strangers.length > 0) return `servo ${strangers.join(", ")} is there, which nobody expects: has it the wrong id?`;
  if (others.length > 0)
    return `servo ${others.join(", ")} answers; check the cable from there on, its power and its id`;
  const was = bus.line.port.baud;
  try {
    for (const baud of family.bauds) {
      if (baud === was) continue;
      await bus.line.setBaud(baud);
      for (const id of expected) {
        if (await answers(bus, id))
          return `servo ${id} answers at ${baud} baud: --serial.baud=${baud}, or set it to ${was}`;
      }
    }
  } catch {
    return `nobody else does at ${was} baud; check power, the first cable and the baud rate`;
  } finally {
    await bus.line.setBaud(was).catch(() => {});
  }
  return "nobody else does, at no speed; check power, the adapter and the first cable";
}

async function answers(bus: ServoBus, id: number): Promise<boolean> {
  return (await bus.ping(id, true).catch(() => undefined)) !== undefined;
}

function called({ models }: ServoFamily, model: number): string {
  return `model ${model}${models[model] ? ` (${models[model]})` : ""}`;
}
