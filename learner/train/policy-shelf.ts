import type { PolicyStore } from "../link/listener.ts";
import type { Policy } from "./policy.ts";

export interface PolicyShelfOptions {
  readonly store: PolicyStore;
  /** The policy is in the store: robots may be told. */
  readonly onStored: (policy: Policy) => void;
  readonly report: (line: string) => void;
}

/** Brings policies into a broker's store, one at a time; one that a newer one overtakes is left out. */
export class PolicyShelf {
  readonly #options: PolicyShelfOptions;
  #next: Policy | undefined;
  #stored: Policy | undefined;
  #working: Promise<void> | undefined;

  constructor(options: PolicyShelfOptions) {
    this.#options = options;
  }

  offer(policy: Policy): void {
    this.#next = policy;
    this.#working ??= this.#work();
  }

  /** Calls `act` once everything offered before is in the store, or was given up. */
  after(act: () => void): void {
    if (this.#working === undefined) act();
    else void this.#working.then(act);
  }

  async #work(): Promise<void> {
    const { onStored } = this.#options;
    for (let policy = this.#next; policy !== undefined; policy = this.#next) {
      this.#next = undefined;
      const stored = await this.#put(policy);
      if (stored !== undefined) onStored(stored);
    }
    this.#working = undefined;
  }

  /** Undefined when it is not there: the next one follows. */
  async #put(policy: Policy): Promise<Policy | undefined> {
    const { store, report } = this.#options;
    const { policyVersion, weightsHash, graphHash } = policy.manifest;
    if (this.#stored?.manifest.policyVersion === policyVersion) return this.#stored;
    try {
      const { weights, graph } = policy;
      const names = await store.put({ policyVersion, weightsHash, weights, graphHash, graph });
      this.#stored = { ...policy, names };
      return this.#stored;
    } catch (error) {
      report(`policy ${policyVersion}: expected the broker to store it, found: ${(error as Error).message}`);
      return undefined;
    }
  }
}
