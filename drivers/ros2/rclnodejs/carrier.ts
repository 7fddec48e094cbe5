import { setTimeout as sleep } from "node:timers/promises";
import { encode } from "../messages/codec.ts";
import type { TypeName } from "../messages/types.ts";
import type { Publish, QosKind, Topic, Transport } from "../transport.ts";
import { type RclClient, type RclNode, type Rclnodejs, RMW } from "./interface.ts";
import { loadRclnodejs } from "./load.ts";

/** Some middlewares send in a thread of their own, and what they did not send yet is lost with the node. */
const LAST_WORDS_MS = 20;

/**
 * ROS 2 itself, as a node of it. Buffers pass through unread: rclnodejs makes no objects of them, which would cost twenty
 * times as much. Must live on its process's main thread: rclnodejs aborts in a worker.
 */
export class RclnodejsTransport implements Transport {
  readonly name: string;
  readonly #node: string;
  readonly #load: () => Promise<Rclnodejs>;
  readonly #clients = new Map<string, RclClient>();
  #rclnodejs: Rclnodejs | undefined;
  #open: RclNode | undefined;
  /** ROS 2 was begun here, not by another node of this process. */
  #began = false;

  constructor(node: string, load: () => Promise<Rclnodejs> = loadRclnodejs) {
    this.name = `ROS 2 node ${node}`;
    this.#node = node;
    this.#load = load;
  }

  /** There is nothing to lose: ROS 2 has no server. */
  get connected(): boolean {
    return this.#open !== undefined;
  }

  async prepare(): Promise<void> {
    this.#rclnodejs ??= await this.#load();
    const rcl = this.#rclnodejs;
    if (rcl.isShutdown()) {
      await rcl.init();
      this.#began = true;
    }
    rcl.removeSignalHandlers();
  }

  async open(): Promise<void> {
    await this.prepare();
    if (this.#open !== undefined) return;
    this.#open = new this.#rclnodejs!.Node(this.#node);
    this.#open.spin();
  }

  subscribe({ name, type, qos }: Topic, onMessage: (cdr: Uint8Array) => void): void {
    const options = { qos: this.#qos(qos), isRaw: true } as const;
    this.#making(name, type, () => this.#opened().createSubscription(type, name, options, onMessage));
  }

  advertise<T extends TypeName>({ name, type, qos }: Topic<T>): Publish<T> {
    const publisher = this.#making(name, type, () =>
      this.#opened().createPublisher(type, name, { qos: this.#qos(qos) }),
    );
    return (message) => {
      const cdr = encode(type, message);
      publisher.publish(Buffer.from(cdr.buffer, cdr.byteOffset, cdr.length));
      return true;
    };
  }

  async call(service: string, type: string, request: object, timeoutMs: number): Promise<unknown> {
    const began = performance.now();
    let client = this.#clients.get(service);
    if (client === undefined) {
      client = this.#making(service, type, () => this.#opened().createClient(type, service));
      this.#clients.set(service, client);
    }
    if (!(await client.waitForService(timeoutMs))) {
      throw new Error(`service ${service}: expected it within ${timeoutMs} ms, found that nobody offers it`);
    }
    const left = Math.max(0, timeoutMs - (performance.now() - began));
    return new Promise((resolve, reject) => {
      const late = (): void =>
        reject(new Error(`service ${service}: expected an answer in ${timeoutMs} ms, found none`));
      const timer = setTimeout(late, left);
      client.sendRequest(request, (response) => {
        clearTimeout(timer);
        resolve(response);
      });
    });
  }

  async close(): Promise<void> {
    const node = this.#open;
    this.#open = undefined;
    this.#clients.clear();
    if (node !== undefined) {
      await sleep(LAST_WORDS_MS);
      node.destroy();
    }
    const rcl = this.#rclnodejs;
    if (this.#began && rcl !== undefined && !rcl.isShutdown()) rcl.shutdown();
    this.#began = false;
  }

  #opened(): RclNode {
    if (this.#open === undefined) throw new Error(`${this.name}: not open`);
    return this.#open;
  }

  #qos(kind: QosKind): object {
    const reliability = kind === "sensor" ? RMW.bestEffort : RMW.reliable;
    const durability = kind === "latched" ? RMW.transientLocal : RMW.volatile;
    return new this.#rclnodejs!.QoS(RMW.keepLast, 1, reliability, durability);
  }

  /** rclnodejs knows the messages that were there when it was installed. */
  #making<R>(name: string, type: string, make: () => R): R {
    this.#opened();
    try {
      return make();
    } catch (error) {
      throw new Error(
        `${name}: rclnodejs cannot use ${type}: ${(error as Error).message}; where its package is installed and sourced, run ` +
          "npx generate-ros-messages",
      );
    }
  }
}
