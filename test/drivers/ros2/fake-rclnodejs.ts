import type { TypeName } from "../../../drivers/ros2/messages/types.ts";
import type { Graph } from "../../../drivers/ros2/mock/graph.ts";
import type { RclClient, RclNode, Rclnodejs, RclPublisher } from "../../../drivers/ros2/rclnodejs/interface.ts";

interface Qos {
  readonly history: number;
  readonly depth: number;
  readonly reliability: number;
  readonly durability: number;
}

/** rclnodejs over a graph of ours: raw subscriptions and publishers, service clients, and the QoS each was made with. */
export function fakeRclnodejs(graph: Graph) {
  const state = { initialised: false, signalHandlers: true, nodes: 0 };
  /** By topic. */
  const qosOf = new Map<string, Qos>();

  class Node implements RclNode {
    readonly #ends: (() => void)[] = [];
    #spinning = false;

    constructor() {
      if (!state.initialised) throw new Error("The context is not initialised");
      state.nodes++;
    }

    createSubscription(
      type: string,
      topic: string,
      options: { qos: object },
      onMessage: (cdr: Buffer) => void,
    ): object {
      assertKnown(type);
      qosOf.set(topic, options.qos as Qos);
      const pass = (cdr: Uint8Array): void => {
        if (this.#spinning) onMessage(Buffer.from(cdr));
      };
      this.#ends.push(graph.subscribe(topic, type as TypeName, pass));
      return {};
    }

    createPublisher(type: string, topic: string, options: { qos: object }): RclPublisher {
      assertKnown(type);
      qosOf.set(topic, options.qos as Qos);
      return { publish: (cdr) => graph.publish(topic, type as TypeName, Uint8Array.from(cdr)) };
    }

    createClient(type: string, service: string): RclClient {
      assertKnown(type);
      return {
        waitForService: async () => graph.service(service) !== undefined,
        sendRequest: (request, onResponse) => {
          const response = graph.service(service)!(request);
          if (response !== undefined) setImmediate(onResponse, response);
        },
      };
    }

    spin(): void {
      this.#spinning = true;
    }

    destroy(): void {
      state.nodes--;
      for (const end of this.#ends) end();
    }
  }

  const module: Rclnodejs = {
    init: async () => {
      if (state.initialised) throw new Error("The context has already been initialized.");
      state.initialised = true;
    },
    shutdown: () => {
      state.initialised = false;
    },
    isShutdown: () => !state.initialised,
    removeSignalHandlers: () => {
      state.signalHandlers = false;
    },
    Node,
    QoS: class implements Qos {
      readonly history: number;
      readonly depth: number;
      readonly reliability: number;
      readonly durability: number;
      constructor(history: number, depth: number, reliability: number, durability: number) {
        this.history = history;
        this.depth = depth;
        this.reliability = reliability;
        this.durability = durability;
      }
    },
  };
  return { module, state, qosOf };
}

function assertKnown(type: string): void {
  if (type.startsWith("nope_msgs/")) throw new Error(`The message required does not exist: ${type}`);
}
