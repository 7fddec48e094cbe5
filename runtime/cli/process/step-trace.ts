import { openSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";

/** Bytes of a step in the trace: sequence u64, time i64, process u32, its parent u32, CRC-32 u32, little-endian. */
export const TRACE_BYTES = 28;

/** Of "is first", which the link sets where a hole lies before a row: the rest of a row never changes. */
const FIRST_AT = 36;

/**
 * For counting what becomes of steps: with REVERIE_STEP_TRACE=<file> in the environment every step is appended to it when it
 * is made, before anybody else has it; whoever is killed then, it is there. Without, nothing is.
 */
export function stepTrace(path = process.env.REVERIE_STEP_TRACE): (sequence: number, row: Uint8Array) => void {
  if (path === undefined) return () => {};
  const file = openSync(path, "a");
  const parent = process.ppid; // of whom it is given to, also when that one is gone
  const bytes = Buffer.alloc(TRACE_BYTES);
  return (sequence, row) => {
    bytes.writeBigUInt64LE(BigInt(sequence), 0);
    bytes.set(row.subarray(8, 16), 8);
    bytes.writeUInt32LE(process.pid, 16);
    bytes.writeUInt32LE(parent, 20);
    bytes.writeUInt32LE(rowCrc(row), 24);
    writeSync(file, bytes);
  };
}

/** Of everything in a row but "is first". */
export function rowCrc(row: Uint8Array): number {
  return crc32(row.subarray(FIRST_AT + 1), crc32(row.subarray(0, FIRST_AT)));
}
