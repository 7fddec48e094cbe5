import { createServer, type Server, type Socket } from "node:net";
import type { EmulatedBus } from "./emulated-bus.ts";

/** A bus that answers over TCP, to one client at a time: the newest. */
export interface ServedBus {
  /** tcp://127.0.0.1:port */
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

/** As a serial server would, on this machine only. `port` 0: any that is free. */
export async function serveTcp(bus: EmulatedBus, port = 0): Promise<ServedBus> {
  let client: Socket | undefined;
  let plugged = true;
  bus.onBytes = (bytes) => void client?.write(bytes);
  bus.onPlug = (isIn) => {
    plugged = isIn;
    if (!isIn) client?.destroy();
  };
  const server: Server = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => {}); // a client that went away
    if (!plugged) return void socket.destroy();
    client?.destroy();
    client = socket;
    socket.on("data", (bytes) => bus.receive(bytes));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  const taken = typeof address === "object" && address !== null ? address.port : port;
  return {
    address: `tcp://127.0.0.1:${taken}`,
    port: taken,
    close: async () => {
      client?.destroy();
      bus.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
