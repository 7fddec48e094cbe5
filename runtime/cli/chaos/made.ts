import { readFileSync } from "node:fs";
import { TRACE_BYTES } from "../process/step-trace.ts";

/** A step that a governor made, as it said itself. */
export interface MadeStep {
  readonly sequence: number;
  /** Of acquisition, monotonic ns. */
  readonly timeNs: bigint;
  /** The governor's process, and its supervisor's. */
  readonly pid: number;
  readonly supervisor: number;
  readonly crc: number;
}

/** Every step of a trace, in the order they were made; none where there is no file. */
export function madeSteps(path: string): MadeStep[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  return Array.from({ length: Math.floor(bytes.length / TRACE_BYTES) }, (_, i) => {
    const at = i * TRACE_BYTES;
    return {
      sequence: Number(bytes.readBigUInt64LE(at)),
      timeNs: bytes.readBigInt64LE(at + 8),
      pid: bytes.readUInt32LE(at + 16),
      supervisor: bytes.readUInt32LE(at + 20),
      crc: bytes.readUInt32LE(at + 24),
    };
  });
}
