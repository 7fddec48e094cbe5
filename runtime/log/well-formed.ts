/** Whether a record of an MCAP file is what its opcode says (mcap.dev/spec, Records). */
import { crc32 } from "node:zlib";
import { Opcode } from "@mcap/core";
import { RECORD_HEAD } from "./chunk.ts";

/** Fields in turn: a number is that many bytes; "text" and "data" begin with their length in 4 and 8 bytes. */
const FIELDS: ReadonlyMap<number, readonly (number | "text" | "data")[]> = new Map([
  [Opcode.HEADER, ["text", "text"]],
  [Opcode.SCHEMA, [2, "text", "text", "text"]],
  [Opcode.CHANNEL, [2, 2, "text", "text", "text"]],
  [Opcode.METADATA, ["text", "text"]],
  [Opcode.ATTACHMENT, [8, 8, "text", "text", "data", 4]],
]);

/**
 * For what lies between chunks, whole. A chunk whose opcode was damaged is none of these: its lengths do not add up. False for
 * any other record.
 */
export function isWellFormed(record: Buffer): boolean {
  const opcode = record[0]!;
  const fields = FIELDS.get(opcode);
  if (fields === undefined) return false;
  let at = RECORD_HEAD;
  for (const field of fields) {
    const prefix = field === "text" ? 4 : field === "data" ? 8 : 0;
    if (at + prefix > record.length) return false;
    if (typeof field === "number") at += field;
    else at += prefix + (prefix === 4 ? record.readUInt32LE(at) : Number(record.readBigUInt64LE(at)));
  }
  return at === record.length && (opcode !== Opcode.ATTACHMENT || isAttachmentIntact(record));
}

/** 0 stands for a checksum that was not made. */
function isAttachmentIntact(record: Buffer): boolean {
  const crc = record.readUInt32LE(record.length - 4);
  return crc === 0 || crc === crc32(record.subarray(RECORD_HEAD, -4));
}
