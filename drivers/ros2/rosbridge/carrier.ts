import { encodeWhole } from "../messages/codec.ts";
import type { TypeName } from "../messages/types.ts";
import type { Publish, Topic, Transport } from "../transport.ts";
import { decodeCbor } from "./cbor.ts";
import { Connection } from "./connection.ts";
import { toJson } from "./json.ts";
import { ROSBRIDGE_DEFAULTS, type RosbridgeSettings } from "./settings.ts";

/** Different complaints about one server. */
const MOST_TOLD = 100;

interface Subscription {
  readonly topic: Topic;
  readonly onMessage: (cdr: Uint8Array) => void;
}

interface Call {
  readonly service: string;
  readonly done: (values: unknown) => void;
  readonly failed: (error: Error) => void;
}

/** A message of the server's, before it was looked at. */
interface Frame {
  readonly op?: unknown;
  readonly id?: unknown;
  readonly topic?: unknown;
  readonly msg?: unknown;
  readonly result?: unknown;
  readonly values?: unknown;
}

/**
 * ROS 2 through a rosbridge_server (rosbridge protocol 2.1 over a WebSocket): for machines where Node cannot have ROS 2
 * itself. Subscriptions come as the message's CDR; what is published goes as JSON, which is all the server takes.
 *
 * The server says nothing of topics, types and fields it does not know, so silence must be watched for; and to a new
 * subscription it may repeat the last message, however old: who subscribes must look at the stamp.
 */
export class RosbridgeTransport implements Transport {
  readonly name: string;
  readonly #url: string;
  readonly #settings: RosbridgeSettings;
  readonly #report: (text: string) => void;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #advertised = new Map<string, Topic>();
  readonly #calls = new Map<string, Call>();
  readonly #told = new Set<string>();
  #connection: Connection | undefined;
  #lastId = 0;

  /** Throws on an address that is none. */
  constructor(url: string, report: (text: string) => void, settings: Partial<RosbridgeSettings> = {}) {
    if (!/^wss?:\/\/[^\s/]+/.test(url)) {
      throw new Error(`rosbridge: expected an address like ws://robot.local:9090, found "${url}"`);
    }
    this.#settings = { ...ROSBRIDGE_DEFAULTS, ...settings };
    const { compression } = this.#settings;
    if (compression !== "cbor-raw" && compression !== "cbor") {
      throw new Error(`rosbridge.compression: expected cbor-raw or cbor, found "${compression}"`);
    }
    this.name = `rosbridge at ${url}`;
    this.#url = url;
    this.#report = report;
  }

  get connected(): boolean {
    return this.#connection?.up === true;
  }

  async open(onReturn: () => void): Promise<void> {
    if (this.#connection !== undefined) return;
    const connection = new Connection(this.#url, this.#settings, {
      onUp: (first) => {
        if (first) return;
        for (const topic of this.#advertised.values()) this.#sayAdvertised(topic);
        for (const { topic } of this.#subscriptions.values()) this.#saySubscribed(topic);
        onReturn();
      },
      onDown: () => this.#failCalls("the connection is lost"),
      onMessage: (data, isBinary) => this.#take(data, isBinary),
      report: this.#report,
    });
    await connection.open();
    this.#connection = connection;
  }

  subscribe(topic: Topic, onMessage: (cdr: Uint8Array) => void): void {
    this.#opened();
    this.#subscriptions.set(topic.name, { topic, onMessage });
    this.#saySubscribed(topic);
  }

  advertise<T extends TypeName>(topic: Topic<T>): Publish<T> {
    const connection = this.#opened();
    this.#advertised.set(topic.name, topic);
    this.#sayAdvertised(topic);
    return (message) =>
      connection.send(`{"op":"publish","topic":${JSON.stringify(topic.name)},"msg":${toJson(message)}}`);
  }

  async call(service: string, type: string, args: object, timeoutMs: number): Promise<unknown> {
    const connection = this.#opened();
    const id = `reverie-${++this.#lastId}`;
    return new Promise((resolve, reject) => {
      const settled = (): void => {
        clearTimeout(timer);
        this.#calls.delete(id);
      };
      const call: Call = {
        service,
        done: (values) => {
          settled();
          resolve(values);
        },
        failed: (error) => {
          settled();
          reject(error);
        },
      };
      const late = (): void =>
        call.failed(new Error(`service ${service}: expected an answer in ${timeoutMs} ms, found none`));
      const timer = setTimeout(late, timeoutMs);
      this.#calls.set(id, call);
      const sent = connection.send(toJson({ op: "call_service", id, service, type, args }));
      if (!sent) call.failed(new Error(`service ${service}: expected a connection to ${this.name}, found none`));
    });
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#failCalls("the connection was closed");
    this.#subscriptions.clear();
    this.#advertised.clear();
    await connection?.close();
  }

  #opened(): Connection {
    if (this.#connection === undefined) throw new Error(`${this.name}: not open`);
    return this.#connection;
  }

  #saySubscribed({ name, type }: Topic): void {
    const { compression, throttleMs, queueLength } = this.#settings;
    const rate = { throttle_rate: throttleMs, queue_length: queueLength };
    this.#connection?.send(toJson({ op: "subscribe", id: `reverie:${name}`, topic: name, type, compression, ...rate }));
  }

  #sayAdvertised({ name, type, qos }: Topic): void {
    const latch = qos === "latched";
    this.#connection?.send(toJson({ op: "advertise", id: `reverie:${name}`, topic: name, type, latch, queue_size: 1 }));
  }

  /** Whatever the server sends, none of it may end the process that moves the robot. */
  #take(data: Buffer, isBinary: boolean): void {
    try {
      const frame = (isBinary ? decodeCbor(data) : JSON.parse(data.toString())) as Frame | null;
      if (frame?.op === "service_response") this.#answered(frame);
      else if (frame?.op === "publish" && typeof frame.topic === "string")
        this.#published(frame.topic, frame.msg, isBinary);
    } catch (error) {
      this.#tellOnce((error as Error).message);
    }
  }

  #published(name: string, msg: unknown, isBinary: boolean): void {
    const subscription = this.#subscriptions.get(name);
    if (subscription === undefined) return;
    const { compression } = this.#settings;
    if (!isBinary) throw new Error(`${name}: expected ${compression}, found JSON: this server does not know it`);
    const { topic, onMessage } = subscription;
    if (compression === "cbor") {
      onMessage(encodeWhole(topic.type, msg));
      return;
    }
    const bytes = (msg as { readonly bytes?: unknown } | null | undefined)?.bytes;
    if (!(bytes instanceof Uint8Array)) throw new Error(`${name}: expected the bytes of a message, found none`);
    onMessage(bytes);
  }

  #answered({ id, result, values }: Frame): void {
    const call = this.#calls.get(String(id));
    if (call === undefined) return;
    if (result === true) call.done(values);
    else
      call.failed(
        new Error(`service ${call.service}: ${typeof values === "string" ? values : JSON.stringify(values)}`),
      );
  }

  #failCalls(reason: string): void {
    for (const { service, failed } of [...this.#calls.values()]) failed(new Error(`service ${service}: ${reason}`));
  }

  #tellOnce(text: string): void {
    if (this.#told.has(text) || this.#told.size >= MOST_TOLD) return;
    this.#told.add(text);
    this.#report(`${this.name}: ${text}`);
  }
}
