import { WebSocket } from "ws";
import type { RosbridgeSettings } from "./settings.ts";

/** The largest message that is taken. */
const MOST_BYTES = 64 * 1024 * 1024;
const HINT = "is it running? ros2 launch rosbridge_server rosbridge_websocket_launch.xml";

export interface ConnectionHandlers {
  /** Connected, for the first time or again. */
  readonly onUp: (first: boolean) => void;
  readonly onDown: () => void;
  readonly onMessage: (data: Buffer, isBinary: boolean) => void;
  /** One line for a person. */
  readonly report: (text: string) => void;
}

/** A WebSocket that is connected to anew when it is lost, or when the other side is silent though it was pinged. */
export class Connection {
  readonly #url: string;
  readonly #settings: RosbridgeSettings;
  readonly #handlers: ConnectionHandlers;
  #socket: WebSocket | undefined;
  #closed = false;
  #up = false;
  #heardMs = 0;
  #failures = 0;
  #pinging: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(url: string, settings: RosbridgeSettings, handlers: ConnectionHandlers) {
    this.#url = url;
    this.#settings = settings;
    this.#handlers = handlers;
  }

  get up(): boolean {
    return this.#up;
  }

  /** Rejects when nobody is there; later losses are mended by itself. */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#connect(
        () => resolve(),
        (reason) => {
          this.#closed = true;
          reject(new Error(`rosbridge at ${this.#url}: expected its server, found ${reason}; ${HINT}`));
        },
      );
    });
  }

  /** Whether it went out. */
  send(text: string): boolean {
    if (!this.#up || this.#socket!.bufferedAmount > this.#settings.mostWaitingBytes) return false;
    this.#socket!.send(text);
    return true;
  }

  /** Resolves when what was sent before is on its way and the socket is closed. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    clearInterval(this.#pinging);
    const socket = this.#socket;
    this.#socket = undefined;
    this.#up = false;
    if (socket === undefined || socket.readyState === WebSocket.CLOSED) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => socket.terminate(), this.#settings.silentMs);
      socket.once("close", () => {
        clearTimeout(timer);
        resolve();
      });
      socket.close();
    });
  }

  #connect(opened: () => void, failed: (reason: string) => void): void {
    const { connectMs } = this.#settings;
    const options = { perMessageDeflate: false, handshakeTimeout: connectMs, maxPayload: MOST_BYTES };
    const socket = new WebSocket(this.#url, options);
    this.#socket = socket;
    let reason = "the connection closed";
    socket.on("error", (error: NodeJS.ErrnoException) => {
      reason = error.message || error.code || reason;
    });
    socket.on("open", () => {
      this.#up = true;
      this.#heardMs = performance.now();
      this.#watch(socket);
      opened();
      this.#handlers.onUp(opened !== this.#again);
    });
    socket.on("pong", () => this.#heard());
    socket.on("message", (data, isBinary) => {
      this.#heard();
      this.#handlers.onMessage(data as Buffer, isBinary);
    });
    socket.on("close", () => {
      if (this.#socket !== socket) return;
      clearInterval(this.#pinging);
      if (this.#up) {
        this.#up = false;
        this.#handlers.report(`rosbridge at ${this.#url}: the connection is lost (${reason}); connecting anew`);
        this.#handlers.onDown();
        this.#later();
      } else failed(reason);
    });
  }

  readonly #again = (): void => this.#handlers.report(`rosbridge at ${this.#url}: connected again`);

  /** Only now the server is well: some take a connection and drop it at once, again and again. */
  #heard(): void {
    this.#heardMs = performance.now();
    this.#failures = 0;
  }

  #later(): void {
    if (this.#closed) return;
    const { backoffMs, backoffMaxMs } = this.#settings;
    const pause = Math.min(backoffMaxMs, backoffMs * 2 ** this.#failures++);
    this.#retry = setTimeout(() => this.#connect(this.#again, () => this.#later()), pause);
  }

  #watch(socket: WebSocket): void {
    const { pingMs, silentMs } = this.#settings;
    this.#pinging = setInterval(() => {
      if (performance.now() - this.#heardMs > silentMs) socket.terminate();
      else socket.ping();
    }, pingMs);
  }
}
