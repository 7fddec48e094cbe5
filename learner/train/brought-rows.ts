import { decodeMessage, type RobotMessage } from "../../runtime/wire/messages.ts";
import type { Delivery } from "../link/listener.ts";
import { Deliveries } from "./deliveries.ts";
import type { LinkHost, Taken } from "./link-host.ts";

export interface BroughtRowsOptions {
  readonly host: LinkHost;
  /** Only robots that were greeted are believed. */
  readonly hasKeys: boolean;
  readonly take: (
    stream: string,
    rows: Extract<RobotMessage, { type: "rows" }>,
    payloads: readonly Uint8Array[],
  ) => Taken;
}

/** Rows that a broker brings in vain so often are given up: a robot that still has them is told where to go on. */
const MOST_TRIES = 20;

/** Rows out of a broker: of a robot that was greeted or, where there are no keys, whose log is here. */
export class BroughtRows {
  readonly #options: BroughtRowsOptions;
  readonly #deliveries = new Deliveries();
  /** The machine of each stream that was greeted. */
  readonly #machines = new Map<string, string>();

  constructor(options: BroughtRowsOptions) {
    this.#options = options;
  }

  greeted(stream: string, machine: string): void {
    this.#machines.set(stream, machine);
  }

  durable(stream: string, next: number): void {
    this.#deliveries.durable(stream, next);
  }

  /** Throws on rows that are another machine's, or none. */
  bring(delivery: Delivery, frames: readonly Uint8Array[]): void {
    const { host, hasKeys, take } = this.#options;
    const { stream, machine, tries } = delivery;
    const { message, payloads } = decodeMessage(frames);
    if (message.type !== "rows" || message.stream !== stream) throw new Error(`expected rows of stream ${stream}`);
    const owner = this.#machines.get(stream);
    if (owner !== undefined && owner !== machine) {
      throw new Error(`expected rows of stream ${stream} from ${owner}, found them from ${machine}`);
    }
    const mayTake = owner !== undefined || (!hasKeys && host.knows(stream));
    const taken = mayTake ? take(stream, message, payloads) : "gap";
    if (taken === "taken") this.#deliveries.add(stream, delivery, host.next(stream), host.durable(stream));
    else if (taken === "gap" && tries < MOST_TRIES) delivery.again();
    else {
      delivery.done();
      const why = mayTake ? "those before them did not come" : "their robot did not say hello";
      if (taken === "gap") host.report(`link: rows from ${message.first} of ${machine} are given up: ${why}`);
    }
  }
}
