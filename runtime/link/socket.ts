import type { RobotTrust } from "../trust/trust.ts";

/** A connection to one learner, as the uplink sees it. */
export interface LinkSocket extends AsyncIterable<readonly Uint8Array[]> {
  /** False when it cannot go out now: not connected, or too much is waiting. Never waits. */
  send(frames: readonly Uint8Array[]): Promise<boolean>;
  /** Stands between robot and learner, and keeps rows and policies; undefined where the learner is at the other end. */
  readonly broker?: Broker;
  /** Ends the iteration. What was not sent is dropped, except what still goes out within `lingerMs`. */
  close(): void;
}

/** Keeps rows until the learner has them, be it there or not, and policies until robots have them. */
export interface Broker {
  /** No message may have more bytes; undefined while that is not known. */
  readonly maxBytes: number | undefined;
  /**
   * Undefined when it cannot go out now. Otherwise resolves to whether the rows are on the broker's disk; false also when
   * it is not known. Throws on a message that is too large. Never waits.
   */
  keep(rows: RowsName, frames: readonly Uint8Array[]): Promise<boolean> | undefined;
  /** A file of a policy. Rejects when it is not there or has not exactly `bytes` bytes. */
  fetch(name: string, bytes: number): Promise<Uint8Array>;
}

/** Names rows, so that a broker keeps those it is given twice only once. */
export interface RowsName {
  readonly stream: string;
  readonly first: number;
  readonly count: number;
  /** A new one whenever the learner asks to go back: what it asks for must not be taken for what it was sent before. */
  readonly turn: string;
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
