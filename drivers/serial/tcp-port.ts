import { connect, type Socket } from "node:net";
import type { Port, PortHandlers } from "./port.ts";

/** How long a connection may take, ms. */
const CONNECT_MS = 3000;

/** A serial server that passes bytes on as they are (ser2net in raw mode, an ESP32, an emulated bus). */
export class TcpPort implements Port {
  readonly name: string;
  readonly baud: number;
  readonly #host: string;
  readonly #port: number;
  #socket: Socket | undefined;

  constructor(host: string, port: number, baud: number) {
    this.name = `tcp://${host}:${port}`;
    this.baud = baud;
    this.#host = host;
    this.#port = port;
  }

  async open({ onBytes, onLost }: PortHandlers): Promise<void> {
    await this.close();
    const socket = connect({ host: this.#host, port: this.#port, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      const fail = (reason: string): void => {
        socket.destroy();
        reject(
          new Error(`${this.name}: no connection: ${reason}; is the serial server running, and this its address?`),
        );
      };
      socket.setTimeout(CONNECT_MS, () => fail(`no answer in ${CONNECT_MS} ms`));
      socket.once("error", (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
      socket.once("connect", resolve);
    });
    socket.setTimeout(0);
    socket.removeAllListeners("timeout");
    socket.removeAllListeners("error");
    this.#socket = socket;
    let reason = new Error(`${this.name}: the other side closed the connection`);
    socket.on("data", onBytes);
    socket.on("error", (error) => {
      reason = new Error(`${this.name}: ${error.message}`);
    });
    socket.on("close", () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      onLost(reason);
    });
  }

  write(bytes: Uint8Array): void {
    this.#socket?.write(bytes);
  }

  async setBaud(baud: number): Promise<void> {
    throw new Error(`${this.name}: a serial server keeps its own baud rate; expected ${this.baud}, asked for ${baud}`);
  }

  async close(): Promise<void> {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.destroy();
  }
}
