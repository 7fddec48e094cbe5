/** ROS 2 messages as CDR: the bytes that are on the wire, with their four bytes of encapsulation header. */
import { MessageReader, MessageWriter } from "@foxglove/rosmsg2-serialization";
import { definitionsOf } from "./definitions.ts";
import type { MessageTypes, TypeName } from "./types.ts";

interface Codec {
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
  readonly definitions: ReturnType<typeof definitionsOf>;
}

const codecs = new Map<TypeName, Codec>();

function codecOf(type: TypeName): Codec {
  let codec = codecs.get(type);
  if (codec === undefined) {
    const definitions = definitionsOf(type);
    codec = { reader: new MessageReader(definitions), writer: new MessageWriter(definitions), definitions };
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

/** The same for what came from elsewhere: the writer takes a field that is missing for 0. Throws, naming the field. */
export function encodeWhole<T extends TypeName>(type: T, message: unknown): Uint8Array {
  const { definitions } = codecOf(type);
  const assertWhole = (fields: (typeof definitions)[number]["definitions"], value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null)
      throw new Error(`${type}: expected ${path || "a message"}, found ${value}`);
    for (const field of fields) {
      if (field.isConstant === true) continue;
      const part = (value as Readonly<Record<string, unknown>>)[field.name];
      const its = path === "" ? field.name : `${path}.${field.name}`;
      if (part === undefined) throw new Error(`${type}: expected ${its}, found none`);
      const nested = definitions.find(({ name }) => name === field.type);
      if (nested === undefined) continue;
      for (const each of field.isArray === true ? (part as unknown[]) : [part])
        assertWhole(nested.definitions, each, its);
    }
  };
  assertWhole(definitions[0]!.definitions, message, "");
  return encode(type, message as MessageTypes[T]);
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
