import type { Expected, Packet, Taken } from "../packet.ts";
import { crc16 } from "./crc16.ts";
import { stuff, unstuff } from "./stuffing.ts";

/**
 * Dynamixel's Protocol 2.0 (emanual.robotis.com/docs/en/dxl/protocol2): FF FF FD 00 | id | length = params + 3, two bytes
 * | instruction | params | CRC-16, two bytes; little-endian. Instruction and params are stuffed.
 */
export const INSTRUCTIONS = {
  ping: 0x01,
  read: 0x02,
  write: 0x03,
  regWrite: 0x04,
  action: 0x05,
  factoryReset: 0x06,
  reboot: 0x08,
  clear: 0x10,
  status: 0x55,
  syncRead: 0x82,
  syncWrite: 0x83,
  fastSyncRead: 0x8a,
  bulkRead: 0x92,
  bulkWrite: 0x93,
  fastBulkRead: 0x9a,
} as const;

export const BROADCAST = 0xfe;
export const HIGHEST_ID = 252;
/** Bytes of a packet besides its params. */
export const OVERHEAD = 10;
/** Longest packet that is believed: what the servos' own buffers take, and more than any request here needs. */
export const MOST_PARAMS = 1024;

/** Throws on an id or a number of params that do not fit. */
export function encodePacket({ id, code, params }: Packet): Uint8Array {
  if (!Number.isInteger(id) || id < 0 || (id > HIGHEST_ID && id !== BROADCAST)) {
    throw new Error(`servo id: expected 0 to ${HIGHEST_ID} or ${BROADCAST}, found ${id}`);
  }
  if (params.length > MOST_PARAMS) {
    throw new Error(`servo ${id}: expected at most ${MOST_PARAMS} bytes in a packet, found ${params.length}`);
  }
  const plain = new Uint8Array(1 + params.length);
  plain[0] = code;
  plain.set(params, 1);
  const body = stuff(plain);
  const length = body.length + 2;
  const bytes = new Uint8Array(7 + length);
  bytes.set([0xff, 0xff, 0xfd, 0x00, id, length & 0xff, length >> 8]);
  bytes.set(body, 7);
  const crc = crc16(bytes, 0, bytes.length - 2);
  bytes[bytes.length - 2] = crc & 0xff;
  bytes[bytes.length - 1] = crc >> 8;
  return bytes;
}

/**
 * The first valid packet in `bytes`. One inside a packet that has not wholly arrived is not believed: whoever gives up
 * waiting drops all bytes. With `expected`, whose size leaves out a reply's error byte, a header of another servo or
 * length is noise.
 */
export function takePacket(bytes: Uint8Array, expected?: Expected): Taken {
  let corrupt = 0;
  let at = 0;
  for (; at < bytes.length; at++) {
    if (bytes[at] !== 0xff) continue;
    if (startsHeader(bytes, at) === undefined) break;
    if (startsHeader(bytes, at) === false) continue;
    if (at + 6 >= bytes.length) break;
    const id = bytes[at + 4]!;
    const length = bytes[at + 5]! + 256 * bytes[at + 6]!;
    if (!isPossible(id, length, expected)) continue;
    const end = at + 7 + length;
    if (end > bytes.length) break;
    if (crc16(bytes, at, end - 2) !== bytes[end - 2]! + 256 * bytes[end - 1]!) {
      corrupt++;
      continue;
    }
    const body = unstuff(bytes.subarray(at + 7, end - 2));
    return { packet: { id, code: body[0]!, params: body.slice(1) }, used: end, corrupt };
  }
  return { packet: undefined, used: at, corrupt };
}

/** undefined when too few bytes are there to tell. */
function startsHeader(bytes: Uint8Array, at: number): boolean | undefined {
  for (let i = 1; i < 4; i++) {
    if (at + i >= bytes.length) return undefined;
    if (bytes[at + i] !== HEADER[i]) return false;
  }
  return true;
}

const HEADER = [0xff, 0xff, 0xfd, 0x00];

function isPossible(id: number, length: number, expected: Expected | undefined): boolean {
  if ((id > HIGHEST_ID && id !== BROADCAST) || length < 3) return false;
  if (expected === undefined) return length <= MOST_PARAMS + Math.ceil(MOST_PARAMS / 3) + 3;
  // Stuffing adds a byte to every three at most.
  const size = expected.sizeOf(id);
  if (size === undefined) return false;
  const plain = size + 4;
  return length === 4 || (length >= plain && length <= plain + Math.ceil(plain / 3));
}
