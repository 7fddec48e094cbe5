import type { JointStates } from "./joint-states.ts";
import { type ServoBus, type SyncReplies, syncReplies } from "./servo-bus.ts";
import type { RawHealth, ServoFamily } from "./servo-family.ts";
import type { ServoJoint } from "./servo-joint.ts";

/** Looks at one servo after the other: temperature, supply, current, errors, torque. One read at a time, tried once. */
export class HealthRound {
  readonly #bus: ServoBus;
  readonly #family: ServoFamily;
  readonly #joints: readonly ServoJoint[];
  readonly #states: JointStates;
  readonly #onLook: (joint: number, health: RawHealth) => void;
  readonly #health: readonly RawHealth[];
  readonly #replies: readonly SyncReplies[];
  #turn = 0;

  constructor(
    bus: ServoBus,
    family: ServoFamily,
    joints: readonly ServoJoint[],
    states: JointStates,
    onLook: (joint: number, health: RawHealth) => void,
  ) {
    this.#bus = bus;
    this.#family = family;
    this.#joints = joints;
    this.#states = states;
    this.#onLook = onLook;
    this.#health = joints.map(() => ({
      temperature: 0,
      voltage: 0,
      current: undefined,
      errors: 0,
      torque: false,
      watchdogTripped: false,
    }));
    this.#replies = family.health.map(({ size }) => syncReplies(1, size));
  }

  /** The next servo's turn, or the next part of it. `isOff` while it looks: what it finds is dropped. */
  async next(isOff: () => boolean): Promise<void> {
    const blocks = this.#family.health.length;
    const turn = this.#turn;
    this.#turn = (turn + 1) % (blocks * this.#joints.length);
    await this.look(Math.floor(turn / blocks), turn % blocks, isOff);
  }

  /** True when the servo answered. */
  async look(joint: number, block: number, isOff: () => boolean = () => false): Promise<boolean> {
    const { address, size } = this.#family.health[block]!;
    const replies = this.#replies[block]!;
    await this.#bus.syncRead([this.#joints[joint]!.id], address, size, replies);
    if (replies.fresh[0] === 0 || isOff()) return false;
    const health = this.#health[joint]!;
    this.#family.readHealth(block, replies.data, health);
    if (block === this.#family.health.length - 1) this.#states.acceptHealth(joint, health);
    if (block === 0) this.#onLook(joint, health);
    return true;
  }

  /** Every servo, with patience: for opening. */
  async all(tries: number): Promise<void> {
    for (let joint = 0; joint < this.#joints.length; joint++) {
      for (let block = 0; block < this.#family.health.length; block++) {
        for (let i = 0; i < tries && !(await this.look(joint, block)); i++);
      }
    }
  }
}
