import type { LearnerTrust } from "../../runtime/trust/trust.ts";
import type { LearnerConfig } from "../config.ts";

/** What robots say to a learner, and how it answers, whatever carries it. */
export interface LinkListener extends AsyncIterable<Incoming> {
  /** Where robots find it, with the real port. */
  readonly endpoint: string;
  /** Never waits: rejects when it cannot go out, and the robot asks again. */
  send(peer: string, frames: readonly Uint8Array[]): Promise<void>;
  /** Where a broker keeps policies for all robots. */
  readonly policies?: PolicyStore;
  /** Ends the iteration. */
  close(): Promise<void>;
}

export interface Incoming {
  /** Names the connection, for `send`. */
  readonly peer: string;
  /** Whose it is by the broker's word; undefined where there is no broker. */
  readonly machine?: string;
  readonly frames: readonly Uint8Array[];
  /** Of rows that a broker keeps until it is told what became of them. */
  readonly delivery?: Delivery;
}

/** Rows as a broker brings them, once at least. */
export interface Delivery {
  /** The robot's stream, by the subject they came on. */
  readonly stream: string;
  /** Who may publish on that subject is the broker's to say. */
  readonly machine: string;
  /** How often they have been brought, from 1. */
  readonly tries: number;
  /** The broker need not keep them any longer. */
  done(): void;
  /** They are to be brought again a little later. */
  again(): void;
}

export interface PolicyStore {
  /** Keeps the files under names that `fetch` on the robot's side knows. Rejects when they are not all there. */
  put(files: PolicyFiles): Promise<PolicyNames>;
}

export interface PolicyFiles {
  readonly policyVersion: number;
  readonly weightsHash: string;
  readonly weights: Uint8Array;
  readonly graphHash: string;
  readonly graph: Uint8Array;
}

export interface PolicyNames {
  readonly weights: string;
  readonly graph: string;
}

export interface ListenOptions {
  readonly trust: LearnerTrust | undefined;
  readonly nats: LearnerConfig["nats"];
  readonly report: (line: string) => void;
}

/** Takes the endpoint. Throws when it is taken or is none. */
export type Listen = (endpoint: string, options: ListenOptions) => Promise<LinkListener>;
