import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";
import type { NetworkFault } from "./scenario.ts";

/** A stretch of network between a robot and its learner, on this machine, with whatever goes wrong on it. */
export interface Network {
  /** Where the robot finds its learner. */
  readonly endpoint: string;
  fail(fault: Pick<NetworkFault, "kind" | "ms">): void;
  mend(): void;
  close(): Promise<void>;
}

const DELAY_MS = 500;

export async function networkTo(port: number): Promise<Network> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let fault: Pick<NetworkFault, "kind" | "ms"> | undefined;
  const carry = (from: Socket, to: Socket): void => {
    from.on("data", (bytes) => {
      if (fault?.kind !== "net-delay") return void to.write(bytes);
      setTimeout(() => to.destroyed || to.write(bytes), fault.ms ?? DELAY_MS);
    });
    from.on("error", () => {});
    from.on("close", () => to.destroy());
  };
  const server = createServer((near) => {
    near.on("error", () => {});
    if (fault?.kind === "net-cut") return void near.destroy();
    const far = connect(port, "127.0.0.1");
    const pair = [near, far] as const;
    pairs.add(pair);
    near.on("close", () => pairs.delete(pair));
    carry(near, far);
    carry(far, near);
    if (fault?.kind === "net-stall") for (const socket of pair) socket.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const each = (act: (socket: Socket) => void): void => {
    for (const pair of pairs) pair.forEach(act);
  };
  return {
    endpoint: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fail: (now) => {
      fault = now;
      if (now.kind === "net-cut") each((socket) => socket.destroy());
      if (now.kind === "net-stall") each((socket) => socket.pause());
    },
    mend: () => {
      if (fault?.kind === "net-stall") each((socket) => socket.resume());
      fault = undefined;
    },
    close: async () => {
      each((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A port of this machine that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
