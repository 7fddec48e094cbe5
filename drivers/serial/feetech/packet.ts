import type { Expected, Packet, Taken } from "../packet.ts";

/**
 * Feetech's protocol (the same frame as Dynamixel's 1.0): FF FF | id | length = params + 2 | instruction or status |
 * params | checksum. There is no byte stuffing: a header may appear inside a packet.
 */
export const INSTRUCTIONS = {
  ping: 0x01,
  read: 0x02,
  write: 0x03,
  regWrite: 0x04,
  action: 0x05,
  factoryReset: 0x06,
  reboot: 0x08,
  syncRead: 0x82,
  syncWrite: 0x83,
} as const;

export const BROADCAST = 0xfe;
/** Bytes of a packet besides its params. */
export const OVERHEAD = 6;
/** Most params: the length is one byte and 255 is not used. */
export const MOST_PARAMS = 252;
const HEADER = 0xff;

/** Throws on an id or a number of params that do not fit. */
export function encodePacket({ id, code, params }: Packet): Uint8Array {
  if (!Number.isInteger(id) || id < 0 || id > BROADCAST) throw new Error(`servo id: expected 0 to 254, found ${id}`);
  if (params.length > MOST_PARAMS) {
    throw new Error(`servo ${id}: expected at most ${MOST_PARAMS} bytes in a packet, found ${params.length}`);
  }
  const bytes = new Uint8Array(OVERHEAD + params.length);
  bytes[0] = HEADER;
  bytes[1] = HEADER;
  bytes[2] = id;
  bytes[3] = params.length + 2;
  bytes[4] = code;
  bytes.set(params, 5);
  bytes[bytes.length - 1] = checksum(bytes, 2, bytes.length - 1);
  return bytes;
}

/**
 * The first valid packet in `bytes`. One inside a packet that has not wholly arrived is not believed: whoever gives up
 * waiting drops all bytes. With `expected`, a header of another servo or length is noise, so that one broken length does
 * not swallow the replies after it.
 */
export function takePacket(bytes: Uint8Array, expected?: Expected): Taken {
  let corrupt = 0;
  let at = 0;
  for (; at < bytes.length; at++) {
    if (bytes[at] !== HEADER) continue;
    if (at + 1 >= bytes.length) break;
    if (bytes[at + 1] !== HEADER) continue;
    if (at + 3 >= bytes.length) break;
    const id = bytes[at + 2]!;
    const length = bytes[at + 3]!;
    if (id > BROADCAST || length < 2 || length === 0xff) continue;
    if (expected !== undefined && length - 2 !== expected.sizeOf(id)) continue;
    const end = at + 4 + length;
    if (end > bytes.length) break;
    if (checksum(bytes, at + 2, end - 1) !== bytes[end - 1]) {
      corrupt++;
      continue;
    }
    return { packet: { id, code: bytes[at + 4]!, params: bytes.slice(at + 5, end - 1) }, used: end, corrupt };
  }
  return { packet: undefined, used: at, corrupt };
}

function checksum(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += bytes[i]!;
  return ~sum & 0xff;
}
