import type { RUNTIME_DEFAULTS } from "../defaults.ts";
import { isNats } from "../trust/endpoint.ts";
import { type Connect, connectDealer } from "./socket.ts";

/** Connects by what the endpoint says: `tcp://` over ZeroMQ, `nats://` through a NATS server. */
export function connectorFor({ nats }: typeof RUNTIME_DEFAULTS.link, report: (line: string) => void): Connect {
  return async (endpoint, trust) => {
    if (!isNats(endpoint)) return connectDealer(endpoint, trust);
    const { openNatsSocket } = await import("./nats/nats-socket.ts");
    return openNatsSocket(endpoint, trust, nats, report);
  };
}
