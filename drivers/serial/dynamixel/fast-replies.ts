import type { Part } from "../collect.ts";
import type { DeviceCounts } from "../device-counts.ts";
import type { Collector } from "../line.ts";
import type { SyncReplies } from "../servo-bus.ts";
import { BROADCAST, INSTRUCTIONS, takePacket } from "./packet.ts";

/**
 * Reads the one packet that all servos make together: for each an error byte, its id, its data and a CRC, the last of which
 * is the packet's own. `into.data` holds the parts one after the other.
 */
export class FastReplies implements Collector {
  readonly #parts: readonly Part[];
  readonly #into: SyncReplies;
  readonly #counts: DeviceCounts;
  /** Params without the packet's own CRC: 4 bytes a servo beside its data, and 2 CRC bytes fewer. */
  readonly #size: number;
  #done = false;

  constructor(parts: readonly Part[], into: SyncReplies, counts: DeviceCounts) {
    this.#parts = parts;
    this.#into = into;
    this.#counts = counts;
    this.#size = parts.reduce((sum, { size }) => sum + size + 4, 0) - 2;
    into.fresh.fill(0);
  }

  get done(): boolean {
    return this.#done;
  }

  get heard(): boolean {
    return this.#done;
  }

  take(bytes: Uint8Array): number {
    // The first error byte counts as any reply's.
    const expected = { sizeOf: (id: number) => (id === BROADCAST ? this.#size - 1 : undefined) };
    const { packet, used, corrupt } = takePacket(bytes, expected);
    if (corrupt > 0) for (const { id } of this.#parts) this.#counts.of(id).corrupt += corrupt;
    if (packet?.code === INSTRUCTIONS.status && packet.params.length === this.#size) this.#accept(packet.params);
    return used;
  }

  #accept(params: Uint8Array): void {
    this.#done = true;
    const { data, fresh, errors } = this.#into;
    let at = 0;
    let to = 0;
    for (let i = 0; i < this.#parts.length; i++) {
      const { id, size } = this.#parts[i]!;
      errors[i] = params[at]!;
      if (params[at + 1] === id) {
        fresh[i] = 1;
        data.set(params.subarray(at + 2, at + 2 + size), to);
      }
      at += size + 4;
      to += size;
    }
  }
}
