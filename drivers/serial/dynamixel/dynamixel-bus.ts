import { addresses, ask, unlessSilent } from "../ask.ts";
import { ManyReplies, type Reply, type TakeReply } from "../collect.ts";
import { type BusSettings, SERIAL_DEFAULTS } from "../defaults.ts";
import { DeviceCounts } from "../device-counts.ts";
import type { Line } from "../line.ts";
import { type FoundServo, type ServoBus, ServoError, type SyncReplies } from "../servo-bus.ts";
import { FastReplies } from "./fast-replies.ts";
import { BROADCAST, encodePacket, HIGHEST_ID, INSTRUCTIONS, OVERHEAD, takePacket } from "./packet.ts";
import { REFUSALS } from "./registers.ts";

/** A reply's bytes beside its data: the packet's and the error byte. */
const REPLY_OVERHEAD = OVERHEAD + 1;

const takeReply: TakeReply = (bytes, expected) => {
  const { packet, used, corrupt } = takePacket(bytes, expected);
  if (packet?.code !== INSTRUCTIONS.status || packet.params.length === 0) return { reply: undefined, used, corrupt };
  const reply = { id: packet.id, error: packet.params[0]!, data: packet.params.slice(1) };
  // Without data and without a refusal it is a late answer to something else.
  const isLate = reply.data.length !== expected.sizeOf(reply.id) && (reply.error & 0x7f) === 0;
  return { reply: isLate ? undefined : reply, used, corrupt };
};

/** Bytes of one servo's registers. */
export interface BulkItem {
  readonly id: number;
  readonly address: number;
  readonly size: number;
}

/** A chain of Dynamixel servos that speak Protocol 2.0. */
export class DynamixelBus implements ServoBus {
  readonly line: Line;
  readonly counts = new DeviceCounts();
  readonly highestId = HIGHEST_ID;
  readonly #settings: BusSettings;

  constructor(line: Line, settings: Partial<BusSettings> = {}) {
    this.line = line;
    this.#settings = { ...SERIAL_DEFAULTS.bus, ...settings };
  }

  open(): Promise<void> {
    return this.line.open(encodePacket({ id: HIGHEST_ID, code: INSTRUCTIONS.ping, params: new Uint8Array(0) }));
  }

  close(): Promise<void> {
    return this.line.close();
  }

  async ping(id: number, probe = false): Promise<FoundServo | undefined> {
    const reply = await unlessSilent(this.#ask(id, "a ping", INSTRUCTIONS.ping, [], 3, probe));
    if (reply === undefined || reply.data.length < 3) return undefined;
    return { id, model: reply.data[0]! + 256 * reply.data[1]!, firmware: reply.data[2]! };
  }

  async read(id: number, address: number, size: number): Promise<Uint8Array> {
    const params = [...word(address), ...word(size)];
    const what = `a read of ${addresses(address, size)}`;
    return (await this.#ask(id, what, INSTRUCTIONS.read, params, size)).data;
  }

  async write(id: number, address: number, data: Uint8Array): Promise<void> {
    const what = `a write of ${addresses(address, data.length)}`;
    await this.#ask(id, what, INSTRUCTIONS.write, [...word(address), ...data], 0);
  }

  async syncRead(ids: readonly number[], address: number, size: number, into: SyncReplies): Promise<boolean> {
    const params = [...word(address), ...word(size), ...ids];
    const items = ids.map((id) => ({ id, address, size }));
    if (this.#settings.fastSyncRead) return this.#fast(INSTRUCTIONS.fastSyncRead, params, items, into);
    for (const id of ids) this.counts.of(id).requests++;
    const request = this.#encode(BROADCAST, INSTRUCTIONS.syncRead, params);
    const collector = new ManyReplies(takeReply, items, into, this.counts);
    const replyBytes = ids.length * (REPLY_OVERHEAD + size);
    const outcome = await this.line.exchange(request, collector, replyBytes, ids.length * this.#settings.returnDelayUs);
    this.#countSilent(items, into);
    return outcome !== "lost";
  }

  async syncWrite(ids: readonly number[], address: number, size: number, data: Uint8Array): Promise<boolean> {
    const params = new Uint8Array(4 + ids.length * (1 + size));
    params.set([...word(address), ...word(size)]);
    for (let i = 0; i < ids.length; i++) {
      params[4 + i * (1 + size)] = ids[i]!;
      for (let k = 0; k < size; k++) params[5 + i * (1 + size) + k] = data[i * size + k]!;
    }
    const request = encodePacket({ id: BROADCAST, code: INSTRUCTIONS.syncWrite, params });
    return (await this.line.send(request)) !== "lost";
  }

  /** As `syncRead`, of another register in each servo; `into.data` holds the answers one after the other. */
  async bulkRead(items: readonly BulkItem[], into: SyncReplies): Promise<boolean> {
    const params = items.flatMap(({ id, address, size }) => [id, ...word(address), ...word(size)]);
    if (this.#settings.fastSyncRead) return this.#fast(INSTRUCTIONS.fastBulkRead, params, items, into);
    for (const { id } of items) this.counts.of(id).requests++;
    const collector = new ManyReplies(takeReply, items, into, this.counts);
    const replyBytes = items.reduce((sum, { size }) => sum + REPLY_OVERHEAD + size, 0);
    const request = this.#encode(BROADCAST, INSTRUCTIONS.bulkRead, params);
    const thinkUs = items.length * this.#settings.returnDelayUs;
    const outcome = await this.line.exchange(request, collector, replyBytes, thinkUs);
    this.#countSilent(items, into);
    return outcome !== "lost";
  }

  /** As `syncWrite`, of another register in each servo. */
  async bulkWrite(items: readonly { id: number; address: number; data: Uint8Array }[]): Promise<boolean> {
    const params = items.flatMap(({ id, address, data }) => [id, ...word(address), ...word(data.length), ...data]);
    return (await this.line.send(this.#encode(BROADCAST, INSTRUCTIONS.bulkWrite, params))) !== "lost";
  }

  /** Restarts a servo, the only way out of a latched hardware error. Its torque is off afterwards. */
  async reboot(id: number): Promise<void> {
    await this.#ask(id, "a reboot", INSTRUCTIONS.reboot, [], 0);
  }

  async #fast(code: number, params: readonly number[], items: readonly BulkItem[], into: SyncReplies) {
    for (const { id } of items) this.counts.of(id).requests++;
    const collector = new FastReplies(items, into, this.counts);
    const replyBytes = items.reduce((sum, { size }) => sum + size + 4, 8);
    const thinkUs = items.length * this.#settings.returnDelayUs;
    const outcome = await this.line.exchange(this.#encode(BROADCAST, code, params), collector, replyBytes, thinkUs);
    this.#countSilent(items, into);
    return outcome !== "lost";
  }

  #countSilent(items: readonly BulkItem[], { fresh }: SyncReplies): void {
    for (let i = 0; i < items.length; i++) if (fresh[i] === 0) this.counts.of(items[i]!.id).timeouts++;
  }

  #encode(id: number, code: number, params: readonly number[]): Uint8Array {
    return encodePacket({ id, code, params: Uint8Array.from(params) });
  }

  async #ask(
    id: number,
    what: string,
    code: number,
    params: readonly number[],
    size: number,
    probe = false,
  ): Promise<Reply> {
    const request = this.#encode(id, code, params);
    const { retries, returnDelayUs: thinkUs } = this.#settings;
    const question = { id, what, request, size, take: takeReply, replyBytes: REPLY_OVERHEAD + size };
    const reply = await ask(this.line, this.counts, {
      ...question,
      thinkUs,
      retries: probe ? 0 : retries,
      probe,
      again: arrivedDamaged,
    });
    const refusal = reply.error & 0x7f;
    if (refusal === 0 && reply.data.length === size) return reply;
    this.counts.of(id).refusals++;
    const why = REFUSALS[refusal] ?? `error ${refusal}`;
    throw new ServoError("refused", `servo ${id} on ${this.line.name}: refused ${what}: ${why}`);
  }
}

function arrivedDamaged({ error }: Reply): boolean {
  return (error & 0x7f) === 3;
}

function word(value: number): [number, number] {
  return [value & 0xff, value >> 8];
}
