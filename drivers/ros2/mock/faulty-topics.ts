import { Random } from "../../../runtime/random.ts";
import type { BusTimers } from "../../mock/emulated-bus.ts";
import { isActive } from "../../mock/faults.ts";
import type { JointState } from "../messages/types.ts";
import type { RosFault, RosTopic } from "./faults.ts";

export interface FaultyTopicsOptions {
  readonly timers: BusTimers;
  readonly seed: number;
  /** The robot's names of its joints; and those of the machine, in the same order. */
  readonly joints: readonly string[];
  readonly names: readonly string[];
}

type Unplug = Extract<RosFault, { kind: "unplug" }>;

/** Between an emulated machine and its topics: what goes wrong with the messages, drawn from a seed. */
export class FaultyTopics {
  /** Told of every message that a fault changed. */
  onFault: (kind: RosFault["kind"]) => void = () => {};
  /** Told when rosbridge goes away and comes back. */
  onPlug: (fault: Unplug, out: boolean) => void = () => {};
  readonly #options: FaultyTopicsOptions;
  readonly #random: Random;
  /** Each with when its times began to count, ms. */
  readonly #faults: { readonly fault: RosFault; readonly beganMs: number }[] = [];
  /** When the last message of a topic is said, ms: none overtakes it. */
  readonly #lastMs = new Map<RosTopic, number>();
  readonly #waiting = new Set<() => void>();

  constructor(options: FaultyTopicsOptions) {
    this.#options = options;
    this.#random = new Random(options.seed, "topic faults");
  }

  /** These go wrong too; their times count from now. Throws on a joint that is not there. */
  inject(faults: readonly RosFault[]): void {
    const { joints, timers } = this.#options;
    for (const fault of faults) {
      if ("joint" in fault && !joints.includes(fault.joint)) {
        throw new Error(`fault: no joint ${fault.joint}; here there are ${joints.join(", ")}`);
      }
    }
    const beganMs = timers.now();
    for (const fault of faults) {
      this.#faults.push({ fault, beganMs });
      if (fault.kind !== "unplug") continue;
      const { from = 0, for: seconds } = fault;
      this.#later(1000 * from, () => this.onPlug(fault, true));
      if (seconds !== undefined) this.#later(1000 * (from + seconds), () => this.onPlug(fault, false));
    }
  }

  /** Whether the emergency stop is pressed. */
  get estop(): boolean {
    return this.#active().some(({ kind }) => kind === "estop");
  }

  /** Says a message of a topic now, later or not at all. */
  carry(topic: RosTopic, say: () => void): void {
    const { timers } = this.#options;
    let lateMs = 0;
    for (const fault of this.#active()) {
      if ("topic" in fault && fault.topic !== undefined && fault.topic !== topic) continue;
      if (fault.kind === "silent" || (fault.kind === "drop" && this.#hits(fault.share))) {
        this.onFault(fault.kind);
        return;
      }
      if (fault.kind === "delay" && this.#hits(fault.share ?? 1)) lateMs += fault.ms;
      else if (fault.kind === "jitter") lateMs += fault.ms * this.#random.uniform();
      else continue;
      this.onFault(fault.kind);
    }
    const now = timers.now();
    const atMs = Math.max(now + lateMs, this.#lastMs.get(topic) ?? 0);
    this.#lastMs.set(topic, atMs);
    if (atMs <= now) say();
    else this.#later(atMs - now, say);
  }

  /** Which of the robot's joints have no finite position now. */
  notFinite(): ReadonlySet<number> {
    const joints = new Set<number>();
    for (const fault of this.#active()) {
      if (fault.kind !== "not-finite") continue;
      this.onFault(fault.kind);
      joints.add(this.#options.joints.indexOf(fault.joint));
    }
    return joints;
  }

  /** The joint states as these faults make them. */
  distort(state: JointState): JointState {
    const { joints, names } = this.#options;
    const position = state.position.slice();
    for (const joint of this.notFinite()) position[state.name.indexOf(names[joint]!)] = Number.NaN;
    const missing = new Set<string>();
    for (const fault of this.#active()) {
      if (fault.kind !== "missing-joint") continue;
      this.onFault(fault.kind);
      missing.add(names[joints.indexOf(fault.joint)]!);
    }
    const isThere = (_: unknown, place: number): boolean => !missing.has(state.name[place]!);
    return {
      header: state.header,
      name: state.name.filter(isThere),
      position: position.filter(isThere),
      velocity: state.velocity.filter(isThere),
      effort: state.effort.filter(isThere),
    };
  }

  close(): void {
    for (const callOff of this.#waiting) callOff();
    this.#waiting.clear();
  }

  #later(ms: number, act: () => void): void {
    const callOff = this.#options.timers.after(ms, () => {
      this.#waiting.delete(callOff);
      act();
    });
    this.#waiting.add(callOff);
  }

  #hits(share: number): boolean {
    return this.#random.uniform() < share;
  }

  #active(): readonly RosFault[] {
    const now = this.#options.timers.now();
    return this.#faults
      .filter(({ fault, beganMs }) => isActive(fault, (now - beganMs) / 1000))
      .map(({ fault }) => fault);
  }
}
