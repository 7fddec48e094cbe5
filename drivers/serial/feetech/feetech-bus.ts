import { addresses, ask, unlessSilent } from "../ask.ts";
import { ManyReplies, type TakeReply } from "../collect.ts";
import { type BusSettings, SERIAL_DEFAULTS } from "../defaults.ts";
import { DeviceCounts } from "../device-counts.ts";
import type { Line } from "../line.ts";
import type { FoundServo, ServoBus, SyncReplies } from "../servo-bus.ts";
import { BROADCAST, encodePacket, INSTRUCTIONS, OVERHEAD, takePacket } from "./packet.ts";

/** Ids are one byte; 254 is everybody's. */
const HIGHEST_ID = 253;

const takeReply: TakeReply = (bytes, expected) => {
  const { packet, used, corrupt } = takePacket(bytes, expected);
  const reply = packet && { id: packet.id, error: packet.code, data: packet.params };
  return { reply, used, corrupt };
};

/** A chain of Feetech servos. "scs": big-endian words, and each servo is read by itself. */
export class FeetechBus implements ServoBus {
  readonly line: Line;
  readonly series: "sts" | "scs";
  readonly counts = new DeviceCounts();
  readonly highestId = HIGHEST_ID;
  readonly #settings: BusSettings;

  constructor(line: Line, series: "sts" | "scs" = "sts", settings: Partial<BusSettings> = {}) {
    this.line = line;
    this.series = series;
    this.#settings = { ...SERIAL_DEFAULTS.bus, ...settings };
  }

  open(): Promise<void> {
    return this.line.open(encodePacket({ id: HIGHEST_ID, code: INSTRUCTIONS.ping, params: new Uint8Array(0) }));
  }

  close(): Promise<void> {
    return this.line.close();
  }

  async ping(id: number, probe = false): Promise<FoundServo | undefined> {
    const answer = await unlessSilent(this.#ask(id, "a ping", INSTRUCTIONS.ping, [], 0, probe));
    if (answer === undefined) return undefined;
    const [major, minor, , low, high] = await this.read(id, 0, 5);
    const model = this.series === "sts" ? low! + 256 * high! : 256 * low! + high!;
    return { id, model, firmware: 100 * major! + minor! };
  }

  async read(id: number, address: number, size: number): Promise<Uint8Array> {
    const what = `a read of ${addresses(address, size)}`;
    return (await this.#ask(id, what, INSTRUCTIONS.read, [address, size], size)).data;
  }

  async write(id: number, address: number, data: Uint8Array): Promise<void> {
    const what = `a write of ${addresses(address, data.length)}`;
    await this.#ask(id, what, INSTRUCTIONS.write, [address, ...data], 0);
  }

  async syncRead(ids: readonly number[], address: number, size: number, into: SyncReplies): Promise<boolean> {
    for (const id of ids) this.counts.of(id).requests++;
    if (this.series === "scs") {
      const lost = await this.#readEach(ids, address, size, into);
      this.#countSilent(ids, into);
      return !lost;
    }
    const request = this.#encode(BROADCAST, INSTRUCTIONS.syncRead, [address, size, ...ids]);
    const collector = new ManyReplies(
      takeReply,
      ids.map((id) => ({ id, size })),
      into,
      this.counts,
    );
    const replyBytes = ids.length * (OVERHEAD + size);
    const outcome = await this.line.exchange(request, collector, replyBytes, ids.length * this.#settings.returnDelayUs);
    this.#countSilent(ids, into);
    return outcome !== "lost";
  }

  async syncWrite(ids: readonly number[], address: number, size: number, data: Uint8Array): Promise<boolean> {
    const params = new Uint8Array(2 + ids.length * (1 + size));
    params[0] = address;
    params[1] = size;
    for (let i = 0; i < ids.length; i++) {
      params[2 + i * (1 + size)] = ids[i]!;
      for (let k = 0; k < size; k++) params[3 + i * (1 + size) + k] = data[i * size + k]!;
    }
    const request = encodePacket({ id: BROADCAST, code: INSTRUCTIONS.syncWrite, params });
    return (await this.line.send(request)) !== "lost";
  }

  /** Kept by each servo until `action`. Acknowledged. */
  async regWrite(id: number, address: number, data: Uint8Array): Promise<void> {
    const what = `a registered write of ${addresses(address, data.length)}`;
    await this.#ask(id, what, INSTRUCTIONS.regWrite, [address, ...data], 0);
  }

  /** Everybody carries out what was registered. Nobody answers. */
  async action(): Promise<void> {
    await this.line.send(this.#encode(BROADCAST, INSTRUCTIONS.action, []));
  }

  /** True when the bus was lost on the way. */
  async #readEach(ids: readonly number[], address: number, size: number, into: SyncReplies): Promise<boolean> {
    into.fresh.fill(0);
    for (let i = 0; i < ids.length; i++) {
      const one = { data: into.data.subarray(i * size, (i + 1) * size), fresh: into.fresh.subarray(i, i + 1) };
      const errors = into.errors.subarray(i, i + 1);
      const collector = new ManyReplies(takeReply, [{ id: ids[i]!, size }], { ...one, errors }, this.counts);
      const request = this.#encode(ids[i]!, INSTRUCTIONS.read, [address, size]);
      const outcome = await this.line.exchange(request, collector, OVERHEAD + size, this.#settings.returnDelayUs);
      if (outcome === "lost") return true;
    }
    return false;
  }

  #countSilent(ids: readonly number[], { fresh }: SyncReplies): void {
    for (let i = 0; i < ids.length; i++) if (fresh[i] === 0) this.counts.of(ids[i]!).timeouts++;
  }

  #encode(id: number, code: number, params: readonly number[]): Uint8Array {
    return encodePacket({ id, code, params: Uint8Array.from(params) });
  }

  #ask(id: number, what: string, code: number, params: readonly number[], size: number, probe = false) {
    const request = this.#encode(id, code, params);
    const { retries, returnDelayUs: thinkUs } = this.#settings;
    const question = { id, what, request, size, take: takeReply, replyBytes: OVERHEAD + size };
    return ask(this.line, this.counts, { ...question, thinkUs, retries: probe ? 0 : retries, probe });
  }
}
