import type { MessageTypes, TypeName } from "./messages/types.ts";

/**
 * How a topic is heard or spoken to. "sensor": the newest counts and a lost message is not sent again (best effort, which
 * matches every publisher); "command": the newest, delivered (reliable); "latched": also what was last said before one came
 * (reliable, transient local; matches only publishers that are so too).
 */
export type QosKind = "sensor" | "command" | "latched";

export interface Topic<T extends TypeName = TypeName> {
  readonly name: string;
  readonly type: T;
  readonly qos: QosKind;
}

/** Sends at once or not at all: false when nothing went out because the other side is not there or does not keep up. */
export type Publish<T extends TypeName> = (message: MessageTypes[T]) => boolean;

/** A connection to ROS 2. Messages come as raw CDR, whichever way they were carried. */
export interface Transport {
  /** For messages to people. */
  readonly name: string;
  /** False before `open`, and while a lost connection is not there again. */
  readonly connected: boolean;
  /** Loads what `open` needs. */
  prepare?(): Promise<void>;
  /** `onReturn`: a lost connection is there again, with everything subscribed and advertised as before. */
  open(onReturn: () => void): Promise<void>;
  /** Only while open. The bytes are good until `onMessage` returns. */
  subscribe(topic: Topic, onMessage: (cdr: Uint8Array) => void): void;
  /** Only while open. */
  advertise<T extends TypeName>(topic: Topic<T>): Publish<T>;
  /** Rejects, naming the service, when it does not answer in time or not with success. */
  call(service: string, type: string, request: object, timeoutMs: number): Promise<unknown>;
  /** Safe before open, and twice. */
  close(): Promise<void>;
}
