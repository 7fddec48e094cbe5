import { isLoopback, isNats } from "../../runtime/trust/endpoint.ts";
import type { Listen } from "./listener.ts";
import { listenRouter } from "./router.ts";

/** Listens by what the endpoint says: `tcp://` over ZeroMQ, `nats://` through a NATS server. Throws where keys are missing. */
export const listen: Listen = async (endpoint, options) => {
  if (options.trust === undefined && !isLoopback(endpoint)) {
    throw new Error(`learner: expected keys beyond this machine, found none for ${endpoint}: reverie keys new`);
  }
  if (!isNats(endpoint)) return listenRouter(endpoint, options);
  const { listenNats } = await import("./nats-listener.ts");
  return listenNats(endpoint, options);
};
