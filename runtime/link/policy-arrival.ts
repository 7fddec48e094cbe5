import { isSigned } from "../trust/keys.ts";
import { policyStatement } from "../trust/statements.ts";
import type { RobotTrust } from "../trust/trust.ts";
import type { PolicyManifest } from "../wire/manifest.ts";
import { checkManifest } from "../wire/manifest-check.ts";
import type { LearnerMessage, RobotMessage } from "../wire/messages.ts";
import { expectSizes, PolicyIntake } from "../wire/policy-parts.ts";
import type { Broker } from "./socket.ts";

type Announced = Extract<LearnerMessage, { type: "weights" }>;

export interface PolicyArrivalOptions {
  readonly trust: RobotTrust | undefined;
  readonly broker: () => Broker | undefined;
  /** Resolves when the policy acts, or was turned down. `made`: when, s on this machine's clock. */
  readonly onWeights: (
    manifest: PolicyManifest,
    weights: Uint8Array,
    graph: Uint8Array,
    made: number | undefined,
  ) => Promise<void>;
  /** s on this machine's monotonic clock for s on the learner's; undefined while that is not known. */
  readonly toMine: (learners: number) => number | undefined;
  readonly say: (message: RobotMessage) => Promise<boolean>;
  readonly report: (line: string) => void;
}

/** Takes policies in: parts as they come, or from where a broker keeps them. */
export class PolicyArrival {
  readonly #options: PolicyArrivalOptions;
  /** The policy that arrives in parts. */
  #intake: PolicyIntake | undefined;
  /** When it was made, s on the learner's clock. */
  #made: number | undefined;

  /** The policy that was last fetched, or is being fetched. */
  #fetched: { readonly policyVersion: number; readonly done: Promise<boolean> } | undefined;

  constructor(options: PolicyArrivalOptions) {
    this.#options = options;
  }

  /** Throws on a policy that the learner did not sign, or that no robot has room for. */
  announce(message: Announced): void {
    this.#intake = undefined;
    if (message.names !== undefined) void this.#fetchOnce(message, message.names);
    else {
      this.#check(message);
      this.#intake = new PolicyIntake(message.manifest, message);
      this.#made = message.made;
    }
  }

  /** Says at once that it is there, the last one when the policy acts: nothing that comes after is heard before. */
  async part(policyVersion: number, index: number, part: Uint8Array = new Uint8Array(0)): Promise<void> {
    const intake = this.#intake;
    let lost = false;
    try {
      if (intake?.manifest.policyVersion !== policyVersion) return; // of one that was turned down
      const whole = intake.add(index, part);
      if (whole === undefined) return;
      this.#intake = undefined;
      lost = true;
      await this.#options.onWeights(intake.manifest, whole.weights, whole.graph, this.#mine(this.#made));
      lost = false;
    } finally {
      await this.#options.say({ type: "got", policyVersion, index, ...(lost && { lost }) });
    }
  }

  /** One that is announced again, as whoever announced it has not heard that it is here, is said to be here again. */
  async #fetchOnce(message: Announced, names: NonNullable<Announced["names"]>): Promise<void> {
    const { policyVersion } = message.manifest;
    if (this.#fetched?.policyVersion !== policyVersion) {
      this.#fetched = { policyVersion, done: this.#fetch(message, names) };
    }
    const isHere = await this.#fetched.done;
    if (!isHere && this.#fetched?.policyVersion === policyVersion) this.#fetched = undefined;
    await this.#options.say({ type: "got", policyVersion, index: 0, ...(!isHere && { lost: true }) });
  }

  /** Beside everything else that is heard: no other policy comes, and no permit, before this one is said to be here. */
  async #fetch(message: Announced, names: NonNullable<Announced["names"]>): Promise<boolean> {
    const { broker, onWeights, report } = this.#options;
    const { manifest, weightsBytes, graphBytes } = message;
    const { policyVersion } = manifest;
    try {
      this.#check(message);
      expectSizes(policyVersion, message);
      const store = broker();
      if (store === undefined) throw new Error(`policy ${policyVersion}: expected a broker that has it, found none`);
      const weights = await store.fetch(String(names.weights), weightsBytes);
      const graph = graphBytes === 0 ? new Uint8Array(0) : await store.fetch(String(names.graph), graphBytes);
      await onWeights(manifest, weights, graph, this.#mine(message.made));
      return true;
    } catch (error) {
      report(`link: passed over a policy: ${(error as Error).message}`);
      return false;
    }
  }

  #mine(made: number | undefined): number | undefined {
    return Number.isFinite(made) ? this.#options.toMine(made!) : undefined;
  }

  #check({ manifest, signature }: Announced): void {
    checkManifest(manifest);
    const { trust } = this.#options;
    if (trust === undefined || isSigned(policyStatement(manifest), signature, trust.learner)) return;
    throw new Error(`policy ${manifest.policyVersion}: expected it signed by ${trust.learner.name}, found it not`);
  }
}
