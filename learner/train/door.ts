import { Gatekeeper } from "../../runtime/trust/gatekeeper.ts";
import { isSigned, signText } from "../../runtime/trust/keys.ts";
import { helloStatement, policyStatement } from "../../runtime/trust/statements.ts";
import type { LearnerTrust } from "../../runtime/trust/trust.ts";
import { decodeZ85 } from "../../runtime/trust/z85.ts";
import type { PolicyManifest } from "../../runtime/wire/manifest.ts";
import type { Hello } from "./hello.ts";

/** Who may come in, by their keys, and the learner's own word for its policies. */
export class Door {
  readonly #trust: LearnerTrust;
  readonly #gatekeeper: Gatekeeper;
  /** Whose each stream is, since this learner runs. */
  readonly #owners = new Map<string, string>();

  private constructor(trust: LearnerTrust, gatekeeper: Gatekeeper) {
    this.#trust = trust;
    this.#gatekeeper = gatekeeper;
  }

  /** To be opened before the socket it is for. */
  static async open(trust: LearnerTrust, report: (line: string) => void): Promise<Door> {
    const keys = trust.robots.map(({ curve }) => Buffer.from(decodeZ85(curve)).toString("hex"));
    return new Door(trust, await Gatekeeper.open(new Set(keys), report));
  }

  /** Of the ROUTER. */
  get socketOptions(): { readonly curveServer: true; readonly curveSecretKey: string } {
    return { curveServer: true, curveSecretKey: this.#trust.own.curveSecret };
  }

  /** Why a robot is not who it says it is; undefined when it is. */
  reasonToRefuse({ from, robot, signature, stream }: Hello): string | undefined {
    const known = this.#trust.robots.find(({ name }) => name === from);
    if (known === undefined) return `keys: expected one of the machines allowed here, found ${JSON.stringify(from)}`;
    if (!isSigned(helloStatement(String(robot), String(stream)), signature, known)) {
      return `keys: expected a hello signed by ${known.name}, found it not`;
    }
    const owner = this.#owners.get(stream) ?? known.name;
    if (owner !== known.name) return `keys: expected stream ${stream} from ${owner}, found ${known.name}`;
    this.#owners.set(stream, owner);
    return undefined;
  }

  signed(manifest: PolicyManifest): { readonly signature: string } {
    return { signature: signText(policyStatement(manifest), this.#trust.own) };
  }

  close(): Promise<void> {
    return this.#gatekeeper.close();
  }
}
