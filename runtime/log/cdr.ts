import { parse } from "@foxglove/rosmsg";
import { MessageReader, MessageWriter } from "@foxglove/rosmsg2-serialization";
import { CDR_LITTLE_ENDIAN } from "./topic.ts";

/** `stamp` of a header. Before 0 a message has no time. */
export interface RosTime {
  readonly sec: number;
  readonly nanosec: number;
}

export function rosTime(timeNs: bigint): RosTime {
  const time = timeNs < 0n ? 0n : timeNs;
  return { sec: Number(time / 1_000_000_000n), nanosec: Number(time % 1_000_000_000n) };
}

/** Writes the bodies of messages of one definition. */
export function bodyWriter(definition: string): (message: unknown) => Uint8Array {
  const writer = new MessageWriter(parse(definition, { ros2: true }));
  return (message) => writer.writeMessage(message).subarray(CDR_LITTLE_ENDIAN.length);
}

/** Reads them. Throws on what is no such message. */
export function bodyReader<T>(definition: string): (body: Uint8Array) => T {
  const reader = new MessageReader<T>(parse(definition, { ros2: true }));
  return (body) => {
    const message = new Uint8Array(CDR_LITTLE_ENDIAN.length + body.length);
    message.set(CDR_LITTLE_ENDIAN);
    message.set(body, CDR_LITTLE_ENDIAN.length);
    return reader.readMessage(message);
  };
}
