import { isLoopback } from "./endpoint.ts";
import { KeyStore } from "./key-store.ts";
import type { Keys, PublicKeys } from "./keys.ts";

/** Which keys a process is to use; absent: those of this machine, where it talks to another. */
export interface TrustOptions {
  /** Where they are kept. */
  readonly keys?: string;
  /** The learner's name, where a robot allows more than one machine. */
  readonly learner?: string;
}

/** A robot's side: who it is, and the one learner it acts for. */
export interface RobotTrust {
  readonly own: Keys;
  readonly learner: PublicKeys;
}

/** A learner's side: who it is, and the robots it hears. */
export interface LearnerTrust {
  readonly own: Keys;
  readonly robots: readonly PublicKeys[];
}

/** Undefined where none is needed: on this machine, unless keys were asked for. Throws saying which command mends it. */
export function robotTrust(endpoint: string, options: TrustOptions): RobotTrust | undefined {
  if (isLoopback(endpoint) && options.keys === undefined) return undefined;
  const { own, allowed, directory } = required(endpoint, options);
  const learner = options.learner === undefined ? allowed[0]! : allowed.find(({ name }) => name === options.learner);
  if (learner === undefined || (options.learner === undefined && allowed.length > 1)) {
    const names = allowed.map(({ name }) => name).join(", ");
    throw new Error(`${directory}: expected --learner-name to be one of ${names}, found ${options.learner ?? "none"}`);
  }
  return { own, learner };
}

/** The same for a learner, which hears everybody it allows. */
export function learnerTrust(endpoint: string, options: TrustOptions): LearnerTrust | undefined {
  if (isLoopback(endpoint) && options.keys === undefined) return undefined;
  const { own, allowed } = required(endpoint, options);
  return { own, robots: allowed };
}

function required(endpoint: string, options: TrustOptions) {
  const store = new KeyStore(options.keys);
  const { directory } = store;
  const own = store.own();
  if (own === undefined) {
    throw new Error(
      `${directory}: expected keys of this machine, as ${endpoint} needs them, found none: reverie keys new`,
    );
  }
  const allowed = store.allowed();
  if (allowed.length === 0) {
    throw new Error(
      `${directory}: expected a machine to talk to, found nobody allowed: reverie keys allow <its own.pub>`,
    );
  }
  return { own, allowed, directory };
}
