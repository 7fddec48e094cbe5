import { nearest } from "../../calibration/follow.ts";
import type { Rig, RigHealth, RigJoint, StoredRange } from "../../calibration/rig.ts";
import type { Register } from "./registers.ts";
import { type ServoBus, syncReplies } from "./servo-bus.ts";
import type { RawHealth, RawState, ServoFamily } from "./servo-family.ts";
import { readRegister, writeEeprom, writeRegister } from "./write-register.ts";

/** A chain of servos for calibration: the bus is open, the servos are known. */
export class ServoRig implements Rig {
  readonly joints: readonly RigJoint[];
  readonly #bus: ServoBus;
  readonly #family: ServoFamily;
  readonly #ids: readonly number[];
  /** What each servo adds to its encoder, counts; as it was read. */
  readonly #shifts: number[];
  readonly #replies: ReturnType<typeof syncReplies>;
  readonly #raw: RawState = { position: 0, velocity: 0, load: 0 };
  /** Torque limits that were lowered, by joint, as they were. */
  readonly #limits = new Map<number, number>();

  private constructor(bus: ServoBus, family: ServoFamily, joints: readonly RigJoint[], shifts: number[]) {
    this.#bus = bus;
    this.#family = family;
    this.joints = joints;
    this.#ids = joints.map(({ id }) => id);
    this.#shifts = shifts;
    this.#replies = syncReplies(joints.length, family.state.size);
  }

  /** Reads the offsets that the servos have now. */
  static async of(bus: ServoBus, family: ServoFamily, joints: readonly RigJoint[]): Promise<ServoRig> {
    const rig = new ServoRig(
      bus,
      family,
      joints,
      joints.map(() => 0),
    );
    for (const i of joints.keys()) await rig.#readShift(i);
    return rig;
  }

  get countsPerTurn(): number {
    return this.#family.countsPerTurn;
  }

  get seam(): number | undefined {
    return this.#family.seam;
  }

  get homing(): Rig["homing"] {
    return this.#family.homing;
  }

  get cannotLimit(): string | undefined {
    if (this.#family.torqueLimit !== undefined) return undefined;
    return `${this.#family.name} servos have no torque limit that is not for good, so they cannot be driven softly`;
  }

  async encoders(): Promise<readonly (number | undefined)[]> {
    const { state } = this.#family;
    if (!(await this.#bus.syncRead(this.#ids, state.address, state.size, this.#replies)))
      return this.#ids.map(() => undefined);
    return this.#ids.map((_, i) => {
      if (this.#replies.fresh[i] === 0) return undefined;
      this.#family.readState(this.#replies.data, i * state.size, this.#raw);
      return this.#encoder(i, this.#raw.position);
    });
  }

  async powered(): Promise<boolean> {
    for (const id of this.#ids)
      if ((await readRegister(this.#bus, this.#family, id, this.#family.torque)) !== 0) return true;
    return false;
  }

  async limp(): Promise<void> {
    const { torque, torqueLimit } = this.#family;
    const { size } = torque;
    await this.#bus.syncWrite(this.#ids, torque.address, size, new Uint8Array(this.#ids.length * size)); // all at once
    let failed: unknown;
    for (const [i, id] of this.#ids.entries()) {
      try {
        await writeRegister(this.#bus, this.#family, id, torque, 0);
        const limit = this.#limits.get(i);
        if (limit !== undefined && torqueLimit)
          await writeRegister(this.#bus, this.#family, id, torqueLimit.register, limit);
        this.#limits.delete(i);
      } catch (error) {
        failed ??= error; // the others are let go all the same
      }
    }
    if (failed !== undefined) throw failed;
  }

  async store(joint: number, { offset, min, max }: StoredRange): Promise<void> {
    const { name, id } = this.joints[joint]!;
    const wanted = this.#settings({ offset, min, max });
    const differing = [];
    for (const each of wanted) if ((await this.#read(id, each.register)) !== each.value) differing.push(each);
    if (differing.length > 0) await writeEeprom(this.#bus, this.#family, id, differing);
    for (const { what, register, value } of wanted) {
      const found = await this.#read(id, register);
      if (found === value) continue;
      throw new Error(
        `${name} (servo ${id}): expected ${what} ${value} in register ${register.address} after writing it, found ${found}; is its memory locked?`,
      );
    }
    await this.#readShift(joint);
  }

  async centre(joint: number): Promise<void> {
    const { seam = 0, homing } = this.#family;
    const { minPosition, maxPosition } = this.#family.registers;
    const highest = seam > 0 ? seam - 1 : undefined;
    if (homing === undefined || highest === undefined) return;
    let offset = 0;
    if (homing.movesSeam) {
      const at = await this.#present(joint);
      const encoder = this.#encoder(joint, at);
      offset = Math.min(homing.most, Math.max(-homing.most, homing.sign * (Math.floor(seam / 2) - encoder)));
    }
    if (minPosition && maxPosition)
      await this.store(joint, { offset: offset === 0 ? 0 : offset, min: 0, max: highest });
  }

  async power(joint: number, share: number): Promise<void> {
    const { torqueLimit, goal, torque } = this.#family;
    const { id } = this.joints[joint]!;
    if (torqueLimit === undefined) throw new Error(this.cannotLimit);
    if (!this.#limits.has(joint)) this.#limits.set(joint, await this.#read(id, torqueLimit.register));
    await writeRegister(this.#bus, this.#family, id, torqueLimit.register, Math.round(share * torqueLimit.full));
    await writeRegister(this.#bus, this.#family, id, goal, await this.#present(joint));
    await writeRegister(this.#bus, this.#family, id, torque, 1);
  }

  async goTo(joint: number, encoder: number): Promise<boolean> {
    const { seam, goal } = this.#family;
    const present = await this.#present(joint);
    // As far from where it is as the encoder says.
    const counts = Math.round(present + encoder - nearest(encoder, this.#encoder(joint, present), seam));
    if (counts < 0 || (seam !== undefined && counts > seam - 1)) return false;
    await writeRegister(this.#bus, this.#family, this.joints[joint]!.id, goal, counts);
    return true;
  }

  async health(joint: number): Promise<RigHealth> {
    const into: RawHealth = {
      temperature: 0,
      voltage: 0,
      current: undefined,
      errors: 0,
      torque: true,
      watchdogTripped: false,
    };
    const { health } = this.#family;
    for (const [which, { address, size }] of health.entries()) {
      this.#family.readHealth(which, await this.#bus.read(this.joints[joint]!.id, address, size), into);
    }
    return into;
  }

  #settings({ offset, min, max }: StoredRange): { what: string; register: Register; value: number }[] {
    const { homingOffset, registers } = this.#family;
    return [
      ...(homingOffset && offset !== null ? [{ what: "homing offset", register: homingOffset, value: offset }] : []),
      ...(registers.minPosition ? [{ what: "lower position limit", register: registers.minPosition, value: min }] : []),
      ...(registers.maxPosition ? [{ what: "upper position limit", register: registers.maxPosition, value: max }] : []),
    ];
  }

  #read(id: number, register: Register): Promise<number> {
    return readRegister(this.#bus, this.#family, id, register);
  }

  async #present(joint: number): Promise<number> {
    const { state } = this.#family;
    this.#family.readState(await this.#bus.read(this.joints[joint]!.id, state.address, state.size), 0, this.#raw);
    return this.#raw.position;
  }

  async #readShift(joint: number): Promise<void> {
    const { homingOffset, homing } = this.#family;
    if (homingOffset === undefined || homing === undefined) return;
    const offset = await this.#read(this.joints[joint]!.id, homingOffset);
    this.#shifts[joint] = Math.abs(offset) <= homing.most ? homing.sign * offset : 0;
  }

  #encoder(joint: number, present: number): number {
    const { seam } = this.#family;
    const encoder = present - this.#shifts[joint]!;
    return seam === undefined ? encoder : ((encoder % seam) + seam) % seam;
  }
}
