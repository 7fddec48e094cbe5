import type { JointCommand } from "../../runtime/robot.ts";
import { emptyCommand } from "../sim/command.ts";
import { Machine, type MachineSpec } from "../sim/machine.ts";
import type { SimModel } from "../sim/model.ts";
import type { Drive, Plant } from "./plant.ts";

/**
 * The most time one call catches up, ms; of a longer silence the machine stood still for the rest. Whoever waits for an answer
 * waits for this too, and a computer that is busy takes ten times as long for it.
 */
const MOST_CATCH_UP_MS = 50;

/** A robot in MuJoCo behind an emulated machine, whose position control has the spec's gains. */
export class PhysicsPlant implements Plant {
  readonly #spec: MachineSpec;
  readonly #machine: Machine;
  readonly #command: JointCommand;
  readonly #stepMs: number;
  #sample: ReturnType<Machine["sample"]>;
  /** Time of the physics' present. */
  #presentMs: number | undefined;

  private constructor(spec: MachineSpec, machine: Machine) {
    this.#spec = spec;
    this.#machine = machine;
    this.#command = emptyCommand(spec.joints.length);
    machine.command = this.#command;
    this.#stepMs = Number(machine.timestepNs) / 1e6;
    this.#sample = machine.sample(0n);
  }

  /** Throws when model and spec do not fit together. */
  static async build(spec: MachineSpec, model: SimModel): Promise<PhysicsPlant> {
    return new PhysicsPlant(spec, await Machine.build(spec, model));
  }

  drive(joint: number, drive: Drive, torque: number): void {
    const { kp, kd } = this.#spec.joints[joint]!;
    const { position } = this.#command;
    if (typeof drive === "number") position[joint] = drive;
    this.#command.kp[joint] = typeof drive === "number" ? kp * torque : 0;
    this.#command.kd[joint] = drive === undefined ? 0 : kd;
  }

  advance(timeMs: number): void {
    this.#presentMs = Math.max(this.#presentMs ?? timeMs, timeMs - MOST_CATCH_UP_MS);
    if (timeMs < this.#presentMs + this.#stepMs) return;
    for (; this.#presentMs + this.#stepMs <= timeMs; this.#presentMs += this.#stepMs) this.#machine.step();
    this.#machine.assertSane();
    this.#sample = this.#machine.sample(0n);
  }

  position(joint: number): number {
    return this.#sample.position[joint]!;
  }

  velocity(joint: number): number {
    return this.#sample.velocity[joint]!;
  }

  effort(joint: number): number {
    return this.#sample.effort[joint]!;
  }

  get sensors(): Readonly<Record<string, Float64Array>> {
    return this.#sample.sensors;
  }

  delete(): void {
    this.#machine.delete();
  }
}
