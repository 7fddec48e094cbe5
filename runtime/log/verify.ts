import { type FileHandle, open } from "node:fs/promises";
import { type IReadable, McapIndexedReader } from "@mcap/core";

export interface Verified {
  readonly bytes: number;
  readonly chunks: number;
  readonly messages: number;
  /** Messages by topic. */
  readonly topics: Readonly<Record<string, number>>;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attachments: readonly string[];
  readonly metadata: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * Reads a finished file as others do, by its summary: every checksum, every message, as many as it says. Throws on what is
 * wrong with it.
 */
export async function verifyFile(path: string): Promise<Verified> {
  const handle = await open(path, "r");
  try {
    return await verify(path, new HandleReadable(handle));
  } catch (error) {
    throw new Error(`log ${path}: expected a whole MCAP file, found: ${(error as Error).message.split("\n")[0]}`);
  } finally {
    await handle.close();
  }
}

async function verify(path: string, readable: HandleReadable): Promise<Verified> {
  const reader = await McapIndexedReader.Initialize({ readable });
  const topics: Record<string, number> = {};
  let messages = 0;
  for await (const { channelId } of reader.readMessages()) {
    const { topic } = reader.channelsById.get(channelId)!;
    topics[topic] = (topics[topic] ?? 0) + 1;
    messages++;
  }
  const said = Number(reader.statistics?.messageCount ?? -1);
  if (said !== messages) throw new Error(`${path} says it has ${said} messages, ${messages} are there`);
  const attachments: string[] = [];
  for await (const { name } of reader.readAttachments()) attachments.push(name);
  const metadata: Record<string, Record<string, string>> = {};
  for await (const record of reader.readMetadata()) metadata[record.name] = Object.fromEntries(record.metadata);
  return {
    bytes: Number(await readable.size()),
    chunks: reader.chunkIndexes.length,
    messages,
    topics,
    startNs: reader.statistics?.messageStartTime ?? 0n,
    endNs: reader.statistics?.messageEndTime ?? 0n,
    attachments,
    metadata,
  };
}

class HandleReadable implements IReadable {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async size(): Promise<bigint> {
    return BigInt((await this.#handle.stat()).size);
  }

  async read(offset: bigint, size: bigint): Promise<Uint8Array> {
    const all = await this.size();
    if (size < 0n || size > all) throw new Error(`expected 0 to ${all} bytes, found a length of ${size}`);
    const bytes = new Uint8Array(Number(size));
    let read = 0;
    while (read < bytes.length) {
      const { bytesRead } = await this.#handle.read(bytes, read, bytes.length - read, Number(offset) + read);
      if (bytesRead === 0) throw new Error(`expected ${bytes.length} bytes at ${offset}, found ${read}`);
      read += bytesRead;
    }
    return bytes;
  }
}
