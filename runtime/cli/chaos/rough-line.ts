import { connect, createServer, type Server, type Socket } from "node:net";
import { type LineQuality, OneWay } from "./one-way.ts";

/** What a network does to whoever talks through it. */
export interface Weather extends LineQuality {
  /** Nobody gets through who comes now. */
  readonly refusing: boolean;
}

export const CALM: Weather = { refusing: false, stalled: false, delayMs: 0, bytesPerSecond: Number.POSITIVE_INFINITY };

interface Connection {
  readonly client: Socket;
  readonly server: Socket;
  readonly up: OneWay;
  readonly down: OneWay;
}

/** A TCP proxy on loopback that loses connections, holds bytes up and lets them through late, but never changes one. */
export class RoughLine {
  /** As it is now; may be replaced at any time. */
  weather: Weather = CALM;
  /** Port of whom the connections are for; 0: nobody is there. */
  target = 0;
  /** Connections that came and those that were cut, halved or refused. */
  readonly counts = { connections: 0, cut: 0, halfClosed: 0, refused: 0, late: 0 };
  readonly #listener: Server;
  readonly #connections = new Set<Connection>();

  private constructor(listener: Server) {
    this.#listener = listener;
    listener.on("connection", (client) => this.#accept(client));
  }

  static open(): Promise<RoughLine> {
    const listener = createServer({ allowHalfOpen: true });
    return new Promise((resolve, reject) => {
      listener.once("error", reject);
      listener.listen(0, "127.0.0.1", () => resolve(new RoughLine(listener)));
    });
  }

  get port(): number {
    return (this.#listener.address() as { port: number }).port;
  }

  /** Bytes that were taken and are not delivered. */
  get heldBytes(): number {
    return [...this.#connections].reduce((sum, { up, down }) => sum + up.heldBytes + down.heldBytes, 0);
  }

  /** Ends every connection at once; what was on its way is gone. */
  cut(): void {
    for (const connection of this.#connections) {
      this.counts.cut++;
      this.#drop(connection);
    }
  }

  /** One side hears that the other has nothing more to say, and goes on talking itself. */
  halfClose(side: "client" | "server"): void {
    for (const connection of this.#connections) {
      this.counts.halfClosed++;
      connection[side].end();
    }
  }

  /**
   * The client loses its connections, but what it had said on them reaches the other side after `forMs` all the same: later
   * than what it says meanwhile on a new one.
   */
  deliverLate(forMs: number): void {
    for (const connection of this.#connections) {
      this.counts.late++;
      connection.up.hold(forMs);
      connection.client.resetAndDestroy();
      setTimeout(() => this.#drop(connection), 2 * forMs).unref();
    }
  }

  close(): void {
    this.#listener.close();
    for (const connection of this.#connections) this.#drop(connection);
  }

  #accept(client: Socket): void {
    if (this.weather.refusing || this.target === 0) {
      this.counts.refused++;
      client.on("error", () => {});
      client.resetAndDestroy();
      return;
    }
    const server = connect({ port: this.target, host: "127.0.0.1", allowHalfOpen: true });
    const quality = () => this.weather;
    const connection = {
      client,
      server,
      up: new OneWay(client, server, quality),
      down: new OneWay(server, client, quality),
    };
    this.counts.connections++;
    this.#connections.add(connection);
    server.on("error", () => this.#drop(connection));
    server.on("close", () => this.#drop(connection));
    client.on("error", () => {});
    client.on("close", () => {
      if (!connection.up.isHolding) this.#drop(connection);
    });
  }

  #drop(connection: Connection): void {
    this.#connections.delete(connection);
    connection.up.close();
    connection.down.close();
    if (!connection.client.destroyed) connection.client.resetAndDestroy();
    if (!connection.server.destroyed) connection.server.resetAndDestroy();
  }
}
