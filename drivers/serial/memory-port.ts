import type { Port, PortHandlers } from "./port.ts";

/** What is at the other end of a port in memory. */
export interface FarEnd {
  /** Bytes that the port sent. */
  receive(bytes: Uint8Array): void;
  /** How fast the port sends from now on, bits a second. */
  setBaud?(baud: number): void;
}

/** A port whose other end lives in the same process and answers through `deliver`. */
export class MemoryPort implements Port {
  readonly name: string;
  baud: number;
  /** As if the device were not there. */
  plugged = true;
  readonly #far: FarEnd;
  #handlers: PortHandlers | undefined;

  constructor(far: FarEnd, { name = "memory", baud = 1_000_000 } = {}) {
    this.name = name;
    this.baud = baud;
    this.#far = far;
  }

  async open(handlers: PortHandlers): Promise<void> {
    if (!this.plugged) throw new Error(`${this.name}: no such device`);
    this.#handlers = handlers;
    this.#far.setBaud?.(this.baud);
  }

  write(bytes: Uint8Array): void {
    if (this.#handlers !== undefined) this.#far.receive(bytes);
  }

  async setBaud(baud: number): Promise<void> {
    this.baud = baud;
    this.#far.setBaud?.(baud);
  }

  async close(): Promise<void> {
    this.#handlers = undefined;
  }

  /** Bytes from the far end; dropped while nobody has the port open. */
  deliver(bytes: Uint8Array): void {
    this.#handlers?.onBytes(bytes);
  }

  /** The carrier reports its loss, as an adapter that was pulled out. */
  lose(reason: Error): void {
    const handlers = this.#handlers;
    this.#handlers = undefined;
    handlers?.onLost(reason);
  }
}
