/** One record of the log: u32 length of what follows the checksum, u32 CRC-32 of it, u64 sequence, payload; little-endian. */
import { crc32 } from "node:zlib";

const PREFIX_BYTES = 8;
const SEQUENCE_BYTES = 8;

export interface LogRecord {
  readonly sequence: number;
  /** A view: valid until the next record is asked for. */
  readonly payload: Uint8Array;
}

export function encodeRecord(sequence: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(PREFIX_BYTES + SEQUENCE_BYTES + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, SEQUENCE_BYTES + payload.length, true);
  view.setBigUint64(PREFIX_BYTES, BigInt(sequence), true);
  bytes.set(payload, PREFIX_BYTES + SEQUENCE_BYTES);
  view.setUint32(4, crc32(bytes.subarray(PREFIX_BYTES)), true);
  return bytes;
}

/**
 * The valid records in `bytes`, their sequence numbers rising from `first` on. Damage with a valid record behind it is
 * skipped and reported. What follows the last valid record is the caller's to judge: compare `end` with the length.
 */
export function* scanRecords(
  bytes: Uint8Array,
  first: number,
  onDamage: (fromByte: number, toByte: number) => void,
): Generator<LogRecord & { readonly end: number }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let next = first;
  let good = 0;
  for (let at = 0; at + PREFIX_BYTES + SEQUENCE_BYTES <= bytes.length; ) {
    const record = recordAt(bytes, view, at, next);
    if (record === undefined) {
      at++;
      continue;
    }
    if (at > good) onDamage(good, at);
    yield record;
    next = record.sequence + 1;
    at = good = record.end;
  }
}

function recordAt(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  next: number,
): (LogRecord & { readonly end: number }) | undefined {
  const length = view.getUint32(at, true);
  const end = at + PREFIX_BYTES + length;
  if (length < SEQUENCE_BYTES || end > bytes.length) return undefined;
  const sequence = Number(view.getBigUint64(at + PREFIX_BYTES, true));
  if (sequence < next || !Number.isSafeInteger(sequence)) return undefined;
  if (crc32(bytes.subarray(at + PREFIX_BYTES, end)) !== view.getUint32(at + 4, true)) return undefined;
  return { sequence, payload: bytes.subarray(at + PREFIX_BYTES + SEQUENCE_BYTES, end), end };
}
