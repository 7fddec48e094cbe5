import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { decode, encode } from "../messages/codec.ts";
import { definitionsOf } from "../messages/definitions.ts";
import type { MessageTypes, TypeName } from "../messages/types.ts";
import { encodeCbor } from "./cbor.ts";
import type { Graph } from "./graph.ts";

/** A client's request, before it was looked at. */
interface Request {
  readonly op?: unknown;
  readonly id?: unknown;
  readonly topic?: unknown;
  readonly type?: unknown;
  readonly msg?: unknown;
  readonly compression?: unknown;
  readonly throttle_rate?: unknown;
  readonly service?: unknown;
  readonly args?: unknown;
}

interface Client {
  readonly socket: WebSocket;
  /** What ends each subscription, by topic. */
  readonly subscriptions: Map<string, () => void>;
  readonly advertised: Map<string, TypeName>;
}

/**
 * A rosbridge server that behaves as the real one (rosbridge_suite for ROS 2 Humble): it answers nothing to what it does not
 * know or cannot take, which it only logs; a service it does not know is answered with a failure; what is advertised here is
 * latched, so a new subscription gets the last message at once.
 */
export class RosbridgeServer {
  /** What the real one would have in its log: requests it did nothing about. */
  readonly log: string[] = [];
  readonly #graph: Graph;
  readonly #now: () => { readonly secs: number; readonly nsecs: number };
  readonly #clients = new Set<Client>();
  #refusing = false;
  #frozen = false;
  /** Connections that nobody answers while it is frozen. */
  #unanswered: (() => void)[] = [];
  #server: Server | undefined;
  #sockets: WebSocketServer | undefined;

  /** `now`: ROS time, which raw messages are given when they are passed on. */
  constructor(graph: Graph, now: () => { readonly secs: number; readonly nsecs: number } = wallTime) {
    this.#graph = graph;
    this.#now = now;
  }

  /** Resolves to its address. Port 0: any free one. */
  async listen(port = 0): Promise<string> {
    const server = createServer();
    this.#server = server;
    this.#sockets = new WebSocketServer({
      server,
      verifyClient: (_: unknown, answer: (taken: boolean) => void) => {
        if (this.#frozen) this.#unanswered.push(() => answer(true));
        else answer(!this.#refusing);
      },
    });
    this.#sockets.on("connection", (socket) => this.#welcome(socket));
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
    return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Resolves when everything that was sent to this server before has been taken. */
  async settled(): Promise<void> {
    const pong = ({ socket }: Client): Promise<unknown> =>
      new Promise((resolve) => {
        socket.once("pong", resolve);
        socket.once("close", resolve);
        socket.ping();
      });
    await Promise.all([...this.#clients].map(pong));
  }

  /** To every client, as it is. */
  sendRaw(frame: Buffer | string): void {
    for (const { socket } of this.#clients) socket.send(frame);
  }

  /** As one that has ended: every connection is dropped and none is taken, until it is there again. */
  refuse(out: boolean): void {
    this.#refusing = out;
    if (out) this.drop();
  }

  /** Drops every connection; clients may come again at once. */
  drop(): void {
    for (const { socket } of this.#clients) socket.terminate();
  }

  /** As behind a cable that is out: takes nothing any more and says nothing, though connected, until it is let go on. */
  freeze(frozen: boolean): void {
    this.#frozen = frozen;
    for (const { socket } of this.#clients) {
      if (frozen) socket.pause();
      else socket.resume();
    }
    if (!frozen) for (const answer of this.#unanswered.splice(0)) answer();
  }

  async close(): Promise<void> {
    this.drop();
    this.#sockets?.close();
    const server = this.#server;
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  #welcome(socket: WebSocket): void {
    const client: Client = { socket, subscriptions: new Map(), advertised: new Map() };
    this.#clients.add(client);
    socket.on("message", (data) => {
      try {
        this.#take(client, JSON.parse(String(data)) as Request);
      } catch (error) {
        this.log.push((error as Error).message);
      }
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      for (const end of client.subscriptions.values()) end();
      this.#clients.delete(client);
    });
  }

  #take(client: Client, request: Request): void {
    const { op } = request;
    const topic = String(request.topic);
    if (op === "advertise") client.advertised.set(topic, known(request.type));
    else if (op === "unadvertise") client.advertised.delete(topic);
    else if (op === "subscribe") this.#subscribe(client, topic, request);
    else if (op === "unsubscribe") {
      client.subscriptions.get(topic)?.();
      client.subscriptions.delete(topic);
    } else if (op === "publish") this.#publish(client, topic, request.msg);
    else if (op === "call_service") this.#call(client, request);
    else this.log.push(`Unknown operation: ${String(op)}`);
  }

  #subscribe({ socket, subscriptions }: Client, topic: string, request: Request): void {
    const type = known(request.type);
    const compression = String(request.compression ?? "none");
    const throttleMs = Number(request.throttle_rate ?? 0);
    let last = Number.NEGATIVE_INFINITY;
    const pass = (cdr: Uint8Array): void => {
      if (this.#frozen || (throttleMs > 0 && performance.now() - last < throttleMs)) return;
      last = performance.now();
      socket.send(this.#frame(topic, type, cdr, compression));
    };
    subscriptions.get(topic)?.();
    subscriptions.set(topic, this.#graph.subscribe(topic, type, pass));
  }

  #frame(topic: string, type: TypeName, cdr: Uint8Array, compression: string): Buffer | string {
    if (compression === "cbor-raw") return encodeCbor({ op: "publish", topic, msg: { ...this.#now(), bytes: cdr } });
    const msg = decode(type, cdr);
    return compression === "cbor"
      ? encodeCbor({ op: "publish", topic, msg })
      : JSON.stringify({ op: "publish", topic, msg: plain(msg) });
  }

  #publish({ advertised }: Client, topic: string, msg: unknown): void {
    const type = advertised.get(topic);
    if (type === undefined) throw new Error(`Cannot infer topic type for topic ${topic}`);
    const fields = new Set(definitionsOf(type)[0]!.definitions.map(({ name }) => name));
    const stray = Object.keys(msg as object).find((name) => !fields.has(name));
    if (stray !== undefined) throw new Error(`Message type ${type} does not have a field ${stray}`);
    this.#graph.publish(topic, type, encode(type, typed(type, msg)), true);
  }

  #call({ socket }: Client, { id, service, args }: Request): void {
    const name = String(service);
    const offered = this.#graph.service(name);
    const answer = (values: unknown, result: boolean): void =>
      socket.send(JSON.stringify({ op: "service_response", service: name, values, result, id }));
    if (offered === undefined) answer(`Service ${name} does not exist`, false);
    else {
      const values = offered(args);
      if (values !== undefined) answer(values, true);
    }
  }
}

function wallTime(): { secs: number; nsecs: number } {
  const ms = Date.now();
  return { secs: Math.floor(ms / 1000), nsecs: (ms % 1000) * 1e6 };
}

/** Throws on a type that is none, as the real server cannot import it. */
function known(type: unknown): TypeName {
  definitionsOf(type as TypeName);
  return type as TypeName;
}

/** Typed arrays as JSON has them: bytes in base64, others as lists. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plain(part)]));
}

/** Back from JSON: lists of numbers and base64 as the typed arrays of the definition. Throws on a number that is none. */
function typed<T extends TypeName>(type: T, msg: unknown): MessageTypes[T] {
  const definitions = new Map(definitionsOf(type).map(({ name, definitions: fields }) => [name, fields]));
  const convert = (fields: NonNullable<ReturnType<typeof definitions.get>>, value: unknown): unknown => {
    const out: Record<string, unknown> = {};
    for (const { name, type: fieldType, isArray, isComplex, isConstant } of fields) {
      const part = (value as Record<string, unknown>)[name];
      if (isConstant === true || part === undefined) continue;
      const nested = definitions.get(fieldType);
      if (isComplex === true && nested !== undefined) {
        out[name] = isArray === true ? (part as unknown[]).map((each) => convert(nested, each)) : convert(nested, part);
      } else if (fieldType === "uint8" && isArray === true) {
        out[name] =
          typeof part === "string" ? new Uint8Array(Buffer.from(part, "base64")) : Uint8Array.from(part as number[]);
      } else {
        if (Array.isArray(part) && part.includes(null)) throw new Error(`${name}: expected numbers, found null`);
        out[name] = part;
      }
    }
    return out;
  };
  return convert(definitionsOf(type)[0]!.definitions, msg) as MessageTypes[T];
}
