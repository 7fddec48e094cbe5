import type { LearnerMessage } from "../../runtime/wire/messages.ts";
import { PARTS_AHEAD, policyParts } from "../../runtime/wire/policy-parts.ts";
import type { Policy } from "./policy.ts";

type Send = (message: LearnerMessage, ...payloads: Uint8Array[]) => void;

const NOTHING = new Uint8Array(0);

/**
 * Brings policies to one robot: the newest after the one that is on its way. In parts, as fast as it takes them; or the robot
 * fetches it from where a broker keeps it and then says that it has "part" 0.
 */
export class PolicySender {
  readonly #send: Send;
  readonly #sign: (policy: Policy) => { readonly signature?: string };
  /** Of the graph the robot has, or will have when what is on its way has arrived. */
  #graphHash: string;
  #policyVersion: number;
  #parts: Uint8Array[] = [];
  #sent = 0;
  #got = 0;
  #version = 0;
  #next: Policy | undefined;
  /** What the robot was told of a policy that a broker keeps. */
  #announced: LearnerMessage | undefined;
  /** Sent after the policies, the last of them. */
  #said: LearnerMessage | undefined;
  /** To be sent when nothing is on its way any more. */
  #after: LearnerMessage[] = [];

  /** `graphHash` and `policyVersion`: what the robot has already. */
  constructor(
    graphHash: string,
    policyVersion: number,
    send: Send,
    sign: (policy: Policy) => { readonly signature?: string },
  ) {
    this.#graphHash = graphHash;
    this.#policyVersion = policyVersion;
    this.#send = send;
    this.#sign = sign;
  }

  /** Nothing when the robot has it, or a later one. */
  offer(policy: Policy): void {
    if (policy.manifest.policyVersion <= this.#policyVersion) return;
    this.#policyVersion = policy.manifest.policyVersion;
    this.#next = policy;
    if (!this.#busy) this.#begin();
  }

  /** A message that must not arrive before the policies that were offered. */
  sendAfter(message: LearnerMessage): void {
    if (this.#busy) this.#after.push(message);
    else this.#sayAfter(message);
  }

  /** Says again what a broker may have lost on the way: robots take nothing twice. */
  remind(): void {
    const message = this.#busy ? this.#announced : this.#said;
    if (message !== undefined) this.#send(message);
  }

  /** The robot has part `index` of `version`. `lost`: but it could not keep the policy, nor its graph, which the next brings again. */
  got(version: number, index: number, lost = false): void {
    if (version !== this.#version || index !== this.#got) return;
    this.#got++;
    if (lost) this.#graphHash = "";
    this.#fill();
    if (!this.#busy) this.#begin();
  }

  get #busy(): boolean {
    return this.#got < this.#parts.length;
  }

  #begin(): void {
    const policy = this.#next;
    this.#next = undefined;
    if (policy === undefined) {
      for (const message of this.#after.splice(0)) this.#sayAfter(message);
      return;
    }
    const { manifest, weights, graph, names, made } = policy;
    const sent = manifest.graphHash === this.#graphHash ? NOTHING : graph;
    this.#graphHash = manifest.graphHash;
    this.#version = manifest.policyVersion;
    this.#parts = names === undefined ? policyParts(weights, sent) : [NOTHING];
    this.#sent = names === undefined ? 0 : 1;
    this.#got = 0;
    const sizes = { weightsBytes: weights.length, graphBytes: sent.length };
    const stored = names === undefined ? {} : { names };
    const when = made === undefined ? {} : { made };
    const announced = { type: "weights", manifest, ...sizes, ...stored, ...when, ...this.#sign(policy) } as const;
    this.#announced = names === undefined ? undefined : announced;
    this.#send(announced);
    this.#fill();
  }

  #sayAfter(message: LearnerMessage): void {
    this.#said = message;
    this.#send(message);
  }

  #fill(): void {
    for (; this.#sent < Math.min(this.#parts.length, this.#got + PARTS_AHEAD); this.#sent++) {
      this.#send({ type: "part", policyVersion: this.#version, index: this.#sent }, this.#parts[this.#sent]!);
    }
  }
}
