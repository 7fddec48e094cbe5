import type { Router } from "zeromq";
import { Gatekeeper } from "../../runtime/trust/gatekeeper.ts";
import type { LearnerTrust } from "../../runtime/trust/trust.ts";
import { decodeZ85 } from "../../runtime/trust/z85.ts";
import type { Listen } from "./listener.ts";

/** Rows come in batches of some hundred; an image robot's batch stays well below this. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
/** Messages of one robot that wait here; what comes beyond waits at the robot. */
const MAX_WAITING = 64;

/** A ZeroMQ ROUTER. What cannot go out is dropped; with keys, encrypted, and nobody else is heard. */
export const listenRouter: Listen = async (endpoint, { trust, report }) => {
  const { Router } = await import("zeromq");
  const gatekeeper = trust && (await Gatekeeper.open(allowed(trust), report));
  const curve = trust && { curveServer: true, curveSecretKey: trust.own.curveSecret };
  const bounds = { maxMessageSize: MAX_MESSAGE_BYTES, receiveHighWaterMark: MAX_WAITING };
  const router = new Router({ handover: true, linger: 500, ...bounds, ...curve });
  try {
    await router.bind(endpoint.replace("//localhost:", "//127.0.0.1:"));
  } catch (error) {
    router.close();
    await gatekeeper?.close();
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE") throw new Error(`learner: expected to listen at ${endpoint}, found: ${message}`);
    throw new Error(`learner: expected ${endpoint} to be free, found it taken; is another learner running?`);
  }
  return {
    endpoint: router.lastEndpoint ?? "",
    send: (peer, frames) => router.send([Buffer.from(peer, "hex"), ...(frames as Uint8Array[])]),
    close: async () => {
      router.close();
      await gatekeeper?.close();
    },
    [Symbol.asyncIterator]: () => messages(router),
  };
};

async function* messages(router: Router) {
  for await (const [identity, ...frames] of router) {
    if (identity !== undefined) yield { peer: identity.toString("hex"), frames };
  }
}

function allowed({ robots }: LearnerTrust): Set<string> {
  return new Set(robots.map(({ curve }) => Buffer.from(decodeZ85(curve)).toString("hex")));
}
