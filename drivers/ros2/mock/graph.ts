import type { TypeName } from "../messages/types.ts";

export type Service = (request: unknown) => unknown;

interface TopicState {
  type: TypeName | undefined;
  /** What a latched topic said last. */
  last: Uint8Array | undefined;
  readonly listeners: Set<(cdr: Uint8Array) => void>;
}

/** ROS 2 as far as an emulated machine and its stand-in servers need it: topics with raw messages, and services. */
export class Graph {
  readonly #topics = new Map<string, TopicState>();
  readonly #services = new Map<string, Service>();

  /** `latched`: those who subscribe later get the last message first. */
  publish(name: string, type: TypeName, cdr: Uint8Array, latched = false): void {
    const topic = this.#topic(name);
    topic.type ??= type;
    if (latched) topic.last = cdr;
    for (const listener of [...topic.listeners]) listener(cdr);
  }

  /** Returns what ends it. */
  subscribe(name: string, type: TypeName, onMessage: (cdr: Uint8Array) => void): () => void {
    const topic = this.#topic(name);
    topic.type ??= type;
    topic.listeners.add(onMessage);
    if (topic.last !== undefined) onMessage(topic.last);
    return () => void topic.listeners.delete(onMessage);
  }

  offer(name: string, service: Service): void {
    this.#services.set(name, service);
  }

  service(name: string): Service | undefined {
    return this.#services.get(name);
  }

  #topic(name: string): TopicState {
    let topic = this.#topics.get(name);
    if (topic === undefined) {
      topic = { type: undefined, last: undefined, listeners: new Set() };
      this.#topics.set(name, topic);
    }
    return topic;
  }
}
