import { forgetBoot, isSameBoot, writeBoot } from "./boot.ts";
import { type Identity, newIdentity, readIdentity, writeIdentity } from "./identity.ts";

/** A power loss costs fewer steps than this: numbers that may have gone out are not given twice. */
export const UNSYNCED_STEPS = 4096;

/** Sees to it that no number of a stream is given to two steps, whoever is killed and whatever the disk does. */
export class Numbering {
  readonly #directory: string;
  #identity: Identity;
  /** No number may have gone out beyond the spool's end. */
  #clean: boolean;

  /** `next`: of the spool. Throws when the robot's directory cannot be used. */
  constructor(directory: string, next: number) {
    this.#directory = directory;
    this.#identity = readIdentity(directory);
    this.#clean = this.#identity.closed || next === 0 || isSameBoot(directory);
    if (this.#identity.closed) writeIdentity(directory, { ...this.#identity, closed: false });
    if (this.#clean) writeBoot(directory);
    else forgetBoot(directory);
  }

  get stream(): string {
    return this.#identity.stream;
  }

  /** First step that goes by this name. */
  get from(): number {
    return this.#identity.from;
  }

  /** Numbers to leave out at the start. `resumed`: a session that goes on knows its numbers. */
  leftOut(resumed: boolean): number {
    return this.#clean || resumed ? 0 : UNSYNCED_STEPS;
  }

  /** Steps are on the disk: the numbers that were left out are below the spool's end. */
  written(): void {
    if (!this.#clean) writeBoot(this.#directory);
    this.#clean = true;
  }

  /** The disk takes steps no longer, or again. */
  diskTurned(takes: boolean): void {
    if (takes) writeBoot(this.#directory);
    else forgetBoot(this.#directory);
  }

  /** Steps from `from` on go by a new name. A name that is not kept is not used: its steps would come again by another. Throws then. */
  rename(from: number): void {
    const identity = { ...newIdentity(from), closed: false };
    writeIdentity(this.#directory, identity);
    this.#identity = identity;
  }

  /** The spool was closed in order. Throws when the disk does not take that: some numbers are left out next time. */
  close(): void {
    if (this.#clean) writeIdentity(this.#directory, { ...this.#identity, closed: true });
  }
}
