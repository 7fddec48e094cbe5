import type { RobotTrust } from "../trust/trust.ts";

/** A connection to one learner, as the uplink sees it. */
export interface LinkSocket extends AsyncIterable<readonly Uint8Array[]> {
  /** False when it cannot go out now: not connected, or too much is waiting. Never waits. */
  send(frames: readonly Uint8Array[]): Promise<boolean>;
  /** Ends the iteration. What was not sent is dropped, except what still goes out within `lingerMs`. */
  close(): void;
}

export type Connect = (endpoint: string, trust?: RobotTrust) => Promise<LinkSocket>;

/** No message of ours is larger; a learner that says so is not believed. */
const MAX_MESSAGE_BYTES = 1024 * 1024 * 1024;

/** A ZeroMQ DEALER. Bounded in both directions; sends only over a standing connection; with keys, encrypted. */
export const connectDealer: Connect = async (endpoint, trust) => {
  const { Dealer } = await import("zeromq");
  const dealer = new Dealer({
    immediate: true,
    linger: 200,
    sendTimeout: 0,
    sendHighWaterMark: 64,
    receiveHighWaterMark: 64,
    maxMessageSize: MAX_MESSAGE_BYTES,
    reconnectInterval: 100,
    reconnectMaxInterval: 1000,
    ...(trust === undefined ? {} : curve(trust)),
  });
  dealer.connect(endpoint);
  return {
    send: async (frames) => {
      try {
        await dealer.send(frames as Uint8Array[]);
        return true;
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "EAGAIN" || code === "EBUSY") return false;
        throw error;
      }
    },
    close: () => dealer.close(),
    [Symbol.asyncIterator]: () => dealer[Symbol.asyncIterator](),
  };
};

function curve({ own, learner }: RobotTrust) {
  return { curveServerKey: learner.curve, curvePublicKey: own.curve, curveSecretKey: own.curveSecret };
}
