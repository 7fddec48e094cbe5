import type { NatsConnection, NodeConnectionOptions } from "@nats-io/transport-node";
import type { NatsSecurity } from "../../trust/endpoint-security.ts";
import { secured } from "./security.ts";

export interface ConnectionSettings extends NatsSecurity {
  readonly pingMs: number;
}

export interface ConnectionOptions {
  readonly endpoint: string;
  /** As it is known to the server's people, and below which its answers come. */
  readonly machine: string;
  readonly settings: ConnectionSettings;
  readonly report: (line: string) => void;
  /** The connection stands; again after each time that it did not. */
  readonly onUp: (connection: NatsConnection) => void;
}

const RETRY_MS = 500;
const CONNECT_MS = 2000;
/** Errors in a row are told once in so long. */
const QUIET_MS = 10_000;

/** One connection to a NATS server, found again for ever whenever it is lost, also when it was never there. */
export class NatsLine {
  readonly #options: ConnectionOptions;
  readonly #connecting: Promise<void>;
  #connection: NatsConnection | undefined;
  #isUp = false;
  #closed = false;
  #retry: (() => void) | undefined;
  #told = { text: "", atMs: 0 };

  private constructor(options: ConnectionOptions, its: NodeConnectionOptions) {
    this.#options = options;
    this.#connecting = this.#connect(its);
  }

  /** Throws when what the settings name cannot be read; not when the server is not there. */
  static async open(options: ConnectionOptions): Promise<NatsLine> {
    const { endpoint, machine, settings } = options;
    const its = {
      servers: endpoint.slice("nats://".length),
      name: `reverie ${machine}`,
      inboxPrefix: `_INBOX.${machine}`,
      timeout: CONNECT_MS,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RETRY_MS,
      ignoreAuthErrorAbort: true,
      ignoreClusterUpdates: false,
      pingInterval: settings.pingMs,
      maxPingOut: 2,
      ...(await secured(endpoint, settings)),
    };
    return new NatsLine(options, its);
  }

  /** The connection while it stands. */
  get up(): NatsConnection | undefined {
    return this.#isUp ? this.#connection : undefined;
  }

  /** Tells a trouble, and the same one not again and again. */
  tell(text: string): void {
    const now = performance.now();
    if (text === this.#told.text && now - this.#told.atMs < QUIET_MS) return;
    this.#told = { text, atMs: now };
    this.#options.report(`nats: ${text}`);
  }

  /** What was published still goes out, within `lingerMs`. */
  async close(lingerMs: number): Promise<void> {
    this.#closed = true;
    const wasUp = this.#isUp;
    this.#isUp = false;
    this.#retry?.();
    await this.#connecting;
    const connection = this.#connection;
    if (connection === undefined) return;
    const flushed = wasUp ? connection.flush().catch(() => {}) : Promise.resolve();
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      flushed,
      new Promise((resolve) => {
        timer = setTimeout(resolve, lingerMs);
      }),
    ]);
    clearTimeout(timer);
    await connection.close().catch(() => {});
  }

  async #connect(its: NodeConnectionOptions): Promise<void> {
    const { connect } = await import("@nats-io/transport-node");
    const { endpoint, onUp } = this.#options;
    while (!this.#closed) {
      try {
        const connection = await connect(its);
        this.#connection = connection;
        void this.#watch(connection);
        if (this.#closed) return;
        this.#isUp = true;
        onUp(connection);
        return;
      } catch (error) {
        this.tell(`expected a server at ${endpoint}, found: ${(error as Error).message}`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, RETRY_MS);
          this.#retry = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    }
  }

  async #watch(connection: NatsConnection): Promise<void> {
    const { endpoint, onUp } = this.#options;
    for await (const status of connection.status()) {
      if (this.#closed) continue;
      if (status.type === "disconnect") {
        this.#isUp = false;
        this.tell(`the connection to ${endpoint} is lost`);
      } else if (status.type === "reconnect") {
        this.#isUp = true;
        onUp(connection);
      } else if (status.type === "error") this.tell(status.error.message);
    }
  }
}
