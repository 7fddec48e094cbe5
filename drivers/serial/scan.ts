import type { FoundServo, ServoBus } from "./servo-bus.ts";

/** Every servo that answers a ping, asked one by one. Two servos with one id answer together and are seldom understood. */
export async function scan(bus: ServoBus, ids?: readonly number[]): Promise<FoundServo[]> {
  const all = ids ?? Array.from({ length: bus.highestId + 1 }, (_, id) => id);
  const found: FoundServo[] = [];
  for (const id of all) {
    const servo = await bus.ping(id, true);
    if (servo !== undefined) found.push(servo);
  }
  return found;
}

/** Servos at any of these speeds. Leaves the port at the last one. Throws where the port's speed cannot be set. */
export async function scanBauds(
  bus: ServoBus,
  bauds: readonly number[],
  ids?: readonly number[],
): Promise<(FoundServo & { readonly baud: number })[]> {
  const found: (FoundServo & { readonly baud: number })[] = [];
  for (const baud of bauds) {
    await bus.line.setBaud(baud);
    for (const servo of await scan(bus, ids)) found.push({ ...servo, baud });
  }
  return found;
}
