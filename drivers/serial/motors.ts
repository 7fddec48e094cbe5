import type { EndState } from "../../runtime/robot.ts";
import type { ServoDriverSettings } from "./defaults.ts";
import { encodeRegister } from "./registers.ts";
import { type ServoBus, ServoError } from "./servo-bus.ts";
import type { ServoFamily, Setting } from "./servo-family.ts";
import type { ServoJoint } from "./servo-joint.ts";
import { writeRegister } from "./write-register.ts";

/** What a motor is known to do. "unknown": it was told, and nobody heard whether it understood. */
export type MotorState = "limp" | "on" | "damped" | "unknown";

/**
 * The motors of a chain: goals, torque, damping, bus watchdogs. Remembers what each was told, so that nothing jumps: a motor
 * gets a goal before it gets torque. What one servo does not answer is reported and does not keep the others from theirs.
 */
export class Motors {
  readonly #bus: ServoBus;
  readonly #family: ServoFamily;
  readonly #joints: readonly ServoJoint[];
  readonly #ids: readonly number[];
  readonly #settings: ServoDriverSettings;
  readonly #report: (joint: number, what: string) => void;
  readonly #state: MotorState[];
  /** What undoes damping, by joint. */
  readonly #undamped: (readonly Setting[])[];
  readonly #goals: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(
    bus: ServoBus,
    family: ServoFamily,
    joints: readonly ServoJoint[],
    settings: ServoDriverSettings,
    report: (joint: number, what: string) => void,
  ) {
    this.#bus = bus;
    this.#family = family;
    this.#joints = joints;
    this.#ids = joints.map(({ id }) => id);
    this.#settings = settings;
    this.#report = report;
    this.#state = joints.map(() => "limp");
    this.#undamped = joints.map(() => []);
    this.#goals = new Int32Array(joints.length);
    this.#bytes = new Uint8Array(joints.length * family.goal.size);
  }

  /** A motor was met that is powered or not. */
  met(joint: number, motor: MotorState, undamped: readonly Setting[], goal: number): void {
    this.#state[joint] = motor;
    this.#undamped[joint] = undamped;
    this.#goals[joint] = goal;
  }

  isOn(joint: number): boolean {
    return this.#state[joint] === "on";
  }

  allOn(): boolean {
    return this.#state.every((state) => state === "on");
  }

  /** The servo itself says that its torque is off. */
  lost(joint: number): void {
    this.#state[joint] = "limp";
  }

  /** One packet for all. False when the bus is lost. */
  follow(counts: ArrayLike<number>): Promise<boolean> {
    const { goal, order } = this.#family;
    for (let i = 0; i < this.#ids.length; i++) {
      this.#goals[i] = counts[i]!;
      encodeRegister(goal, order, counts[i]!, this.#bytes, i * goal.size);
    }
    return this.#bus.syncWrite(this.#ids, goal.address, goal.size, this.#bytes.slice());
  }

  /** Powers every motor that is not, towards `counts`, which are its goals from then on. */
  async engage(counts: ArrayLike<number>): Promise<void> {
    await this.#power(counts);
    await this.#watch(this.#settings.busWatchdogMs);
  }

  async #power(counts: ArrayLike<number>): Promise<void> {
    await this.#watch(0);
    await this.follow(counts);
    for (let i = 0; i < this.#ids.length; i++) {
      if (this.#state[i] === "on") continue;
      await this.#try(i, "on", async (id) => {
        await this.#write(id, { name: "goal", register: this.#family.goal, value: counts[i]! });
        if (this.#state[i] !== "limp") for (const setting of this.#undamped[i]!) await this.#write(id, setting);
        await this.#torque(id, 1);
      });
    }
    await this.follow(counts); // a servo that was just powered may have taken its own place for its goal
  }

  /** `here`: where each joint is, counts. Safe at any time. */
  async relax(end: EndState, here: ArrayLike<number>): Promise<void> {
    if (end === "limp" || (end === "damp" && this.#family.damping === undefined)) return this.#limp();
    await this.#watch(0);
    if (end === "damp") return this.#damp(here);
    // "hold" keeps the goals of motors that carry; what carries nothing is held where it lies, as is all at "stop".
    const goals = this.#goals.map((goal, i) => (end === "hold" && this.#state[i] === "on" ? goal : here[i]!));
    await this.#power(goals);
  }

  async #limp(): Promise<void> {
    const { torque } = this.#family;
    const off = new Uint8Array(this.#ids.length * torque.size);
    await this.#bus.syncWrite(this.#ids, torque.address, torque.size, off); // all at once, and again with an answer
    for (let i = 0; i < this.#ids.length; i++) await this.#try(i, "limp", (id) => this.#torque(id, 0));
    await this.#watch(0);
  }

  async #damp(here: ArrayLike<number>): Promise<void> {
    const settings = this.#family.damping!.on(this.#settings.dampingGain);
    const driven = this.#ids.filter((_, i) => this.#state[i] === "on");
    for (const setting of driven.length > 0 ? settings : []) await this.#all(driven, setting); // and again with an answer
    for (let i = 0; i < this.#ids.length; i++) {
      if (this.#state[i] === "damped") continue;
      await this.#try(i, "damped", async (id) => {
        for (const setting of settings) await this.#write(id, setting);
        if (this.#state[i] === "on") return;
        await this.#write(id, { name: "goal", register: this.#family.goal, value: here[i]! });
        await this.#torque(id, 1);
      });
    }
  }

  /** Bus watchdogs of all servos; 0: off. */
  async #watch(ms: number): Promise<void> {
    const { watchdog } = this.#family;
    if (watchdog === undefined) return;
    const { register, unitMs, most } = watchdog;
    const value = Math.min(most, Math.ceil(ms / unitMs));
    // 0 first: it is what wakes a servo that its watchdog has stopped.
    for (const each of value === 0 ? [0] : [0, value]) {
      const data = new Uint8Array(this.#ids.length * register.size).fill(each);
      await this.#bus.syncWrite(this.#ids, register.address, register.size, data);
    }
  }

  /** One packet for all, which none of them answers. */
  #all(ids: readonly number[], { register, value }: Setting): Promise<boolean> {
    const data = new Uint8Array(ids.length * register.size);
    for (const i of ids.keys()) encodeRegister(register, this.#family.order, value, data, i * register.size);
    return this.#bus.syncWrite(ids, register.address, register.size, data);
  }

  #torque(id: number, on: 0 | 1): Promise<void> {
    return this.#write(id, { name: "torque", register: this.#family.torque, value: on });
  }

  #write(id: number, { register, value }: Setting): Promise<void> {
    return writeRegister(this.#bus, this.#family, id, register, value);
  }

  async #try(joint: number, state: MotorState, act: (id: number) => Promise<void>): Promise<void> {
    try {
      await act(this.#joints[joint]!.id);
      this.#state[joint] = state;
    } catch (error) {
      if (!(error instanceof ServoError)) throw error;
      this.#state[joint] = "unknown";
      this.#report(joint, `not brought to "${state}": ${error.message}`);
    }
  }
}
