/** ROS 2 messages as CDR: the bytes that are on the wire, with their four bytes of encapsulation header. */
import { MessageReader, MessageWriter } from "@foxglove/rosmsg2-serialization";
import { definitionsOf } from "./definitions.ts";
import type { MessageTypes, TypeName } from "./types.ts";

interface Codec {
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
}

const codecs = new Map<TypeName, Codec>();

function codecOf(type: TypeName): Codec {
  let codec = codecs.get(type);
  if (codec === undefined) {
    const definitions = definitionsOf(type);
    codec = { reader: new MessageReader(definitions), writer: new MessageWriter(definitions) };
    codecs.set(type, codec);
  }
  return codec;
}

/** Makes what `encode` and `decode` of these types need, which takes a while the first time. */
export function loadCodecs(types: readonly TypeName[]): void {
  for (const type of types) codecOf(type);
}

export function encode<T extends TypeName>(type: T, message: MessageTypes[T]): Uint8Array {
  return codecOf(type).writer.writeMessage(message);
}

/**
 * Arrays of bytes may be views of `cdr`. Throws when the bytes are not a whole message of this type, or are more than one:
 * then the other side has another definition of it.
 */
export function decode<T extends TypeName>(type: T, cdr: Uint8Array): MessageTypes[T] {
  const { reader } = codecOf(type);
  let message: MessageTypes[T];
  try {
    message = reader.readMessage<MessageTypes[T]>(cdr);
  } catch (error) {
    throw new Error(`expected a ${type}, found ${cdr.length} bytes that are none: ${(error as Error).message}`);
  }
  const left = cdr.length - reader.lastReadByteLength();
  if (left < 0) throw new Error(`expected a ${type} of ${cdr.length - left} bytes, found ${cdr.length}`);
  if (left > 3) throw new Error(`expected a ${type}, found ${left} bytes after its end: another definition of it?`);
  return message;
}
