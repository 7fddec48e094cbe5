import type { JetStreamClient } from "@nats-io/jetstream";

/** Reads a file of an object store, of which exactly `bytes` are expected: no more are ever held. */
export async function fetchFile(js: JetStreamClient, bucket: string, name: string, bytes: number): Promise<Uint8Array> {
  const { Objm } = await import("@nats-io/obj");
  const store = await new Objm(js).open(bucket);
  const found = await store.get(name);
  if (found === null) throw new Error(`${name}: expected it in the broker's store, found it gone`);
  if (found.info.size !== bytes) {
    await found.data.cancel();
    throw new Error(`${name}: expected ${bytes} bytes, found ${found.info.size}`);
  }
  const file = new Uint8Array(bytes);
  let at = 0;
  for await (const part of found.data) {
    if (at + part.length > bytes) throw new Error(`${name}: expected ${bytes} bytes, found more`);
    file.set(part, at);
    at += part.length;
  }
  if (at !== bytes) throw new Error(`${name}: expected ${bytes} bytes, found ${at}`);
  return file;
}
