import { isSigned, signText } from "../../runtime/trust/keys.ts";
import { helloStatement, policyStatement } from "../../runtime/trust/statements.ts";
import type { LearnerTrust } from "../../runtime/trust/trust.ts";
import type { PolicyManifest } from "../../runtime/wire/manifest.ts";
import type { Hello } from "./hello.ts";

/** Who may come in, by their keys, and the learner's own word for its policies. */
export class Door {
  readonly #trust: LearnerTrust;
  /** Whose each stream is, since this learner runs. */
  readonly #owners = new Map<string, string>();

  constructor(trust: LearnerTrust) {
    this.#trust = trust;
  }

  /** Why a robot is not who it says it is; undefined when it is. `machine`: who may speak here by a broker's word. */
  reasonToRefuse({ from, robot, signature, stream }: Hello, machine = from): string | undefined {
    const known = this.#trust.robots.find(({ name }) => name === from);
    if (known === undefined) return `keys: expected one of the machines allowed here, found ${JSON.stringify(from)}`;
    if (!isSigned(helloStatement(String(robot), String(stream)), signature, known)) {
      return `keys: expected a hello signed by ${known.name}, found it not`;
    }
    if (machine !== from) return `keys: expected a hello of ${machine}, found one of ${known.name}`;
    const owner = this.#owners.get(stream) ?? known.name;
    if (owner !== known.name) return `keys: expected stream ${stream} from ${owner}, found ${known.name}`;
    this.#owners.set(stream, owner);
    return undefined;
  }

  signed(manifest: PolicyManifest): { readonly signature: string } {
    return { signature: signText(policyStatement(manifest), this.#trust.own) };
  }
}
