import type { Clock } from "../../runtime/clock.ts";
import { RUNTIME_DEFAULTS } from "../../runtime/defaults.ts";
import type { Driver, EndState, JointCommand, RobotSpec, Sample } from "../../runtime/robot.ts";
import type { PictureSettings } from "./camera/camera.ts";
import type { CameraSpec } from "./camera/viewpoint.ts";
import { assertCommand, copyCommand, emptyCommand } from "./command.ts";
import { Machine } from "./machine.ts";
import type { SimModel } from "./model.ts";
import { decodeSnapshot, encodeSnapshot, modelFingerprint } from "./snapshot.ts";

/** The most time one call catches up, ns; after a longer silence the machine has stood still for the rest. */
const MOST_CATCH_UP_NS = 1_000_000_000n;

export interface SimDriverSettings {
  /** The machine damps itself when no command came for so long after the last one; 0: never. */
  readonly commandTimeoutMs: number;
}

/**
 * A machine in MuJoCo. It lives on the loop's clock: each call first brings the physics, in whole time steps, to the
 * clock's present with the command in force; time begins with the first call after `open`. Equal calls at equal times
 * give equal bits, in any process.
 *
 * Like a servo's bus watchdog or a quadruped's firmware, the machine does not trust a command for ever: each is followed
 * for `commandTimeoutMs`, then the joints are damped until the next one. An end state is meant to last and is never
 * timed out.
 */
export class SimDriver implements Driver {
  readonly #spec: RobotSpec;
  readonly #model: SimModel;
  readonly #clock: Clock;
  readonly #fingerprint: number;
  /** What the motors follow and what `write` returns: written to each time, so that a tick leaves nothing to collect. */
  readonly #followed: JointCommand;
  readonly #sent: JointCommand;
  readonly #timeoutNs: bigint;
  #prepared: Machine | undefined;
  #machine: Machine | undefined;
  /** Clock time of the physics' present, ns. */
  #present: bigint | undefined;
  #skippedNs = 0n;
  /** When the machine stops to follow its command, on the clock; undefined while it follows none or an end state. */
  #trustedUntil: bigint | undefined;
  #timeouts = 0;

  constructor(
    spec: RobotSpec,
    model: SimModel,
    clock: Clock,
    { commandTimeoutMs }: SimDriverSettings = RUNTIME_DEFAULTS.sim,
  ) {
    this.#spec = spec;
    this.#model = model;
    this.#clock = clock;
    this.#fingerprint = modelFingerprint(model.xml);
    this.#followed = emptyCommand(spec.joints.length);
    this.#sent = emptyCommand(spec.joints.length);
    this.#timeoutNs = BigInt(Math.round(commandTimeoutMs * 1e6));
  }

  /** Builds the machine that `open` puts in place. */
  async prepare(): Promise<void> {
    if (this.#machine === undefined) this.#prepared ??= await Machine.build(this.#spec, this.#model);
  }

  /** Puts the machine where its model starts. Does nothing when open: a machine that was restored stays so. */
  async open(): Promise<void> {
    await this.prepare();
    this.#machine ??= this.#prepared;
    this.#prepared = undefined;
  }

  async read(): Promise<Sample> {
    const machine = this.#advance();
    machine.assertSane();
    return machine.sample(this.#present!);
  }

  async write(command: JointCommand): Promise<JointCommand> {
    const machine = this.#advance();
    machine.assertSane();
    assertCommand(this.#spec, command);
    machine.command = copyCommand(command, this.#followed);
    this.#trust();
    return copyCommand(command, this.#sent);
  }

  /** "hold" of a limp machine holds it where it lies. */
  async relax(end: EndState): Promise<void> {
    if (this.#machine === undefined) return;
    const machine = this.#advance();
    this.#trustedUntil = undefined;
    if (end === "limp") machine.command = undefined;
    else if (end === "damp") machine.command = machine.damping();
    else if (machine.command?.kp.some((kp) => kp > 0) !== true) machine.command = machine.holdHere();
  }

  async close(): Promise<void> {
    this.#prepared?.delete();
    this.#machine?.delete();
    this.#prepared = undefined;
    this.#machine = undefined;
    this.#present = undefined;
    this.#trustedUntil = undefined;
  }

  /** What the motors follow now; undefined when the machine is limp. */
  get command(): JointCommand | undefined {
    return this.#machine?.command;
  }

  /** Time the physics left out, in all, because a call came more than a second after the one before, ns. */
  get skippedNs(): bigint {
    return this.#skippedNs;
  }

  /** Times the machine damped itself because no command came. */
  get timeouts(): number {
    return this.#timeouts;
  }

  /** Pushes the machine got so far, those before a restored snapshot included. */
  get pushCount(): number {
    return this.#machine?.pushCount ?? 0;
  }

  /**
   * A function that takes a picture of the machine as the last call left it: uint8 height × width × 3, overwritten by the
   * next. Only while open. Throws on a camera that cannot be.
   */
  camera(spec: CameraSpec, settings: PictureSettings): () => Uint8Array {
    return this.#opened().camera(spec, settings);
  }

  /** The machine as it is: where it lies, how it moves, what its motors follow. Only while open. */
  snapshot(): Uint8Array {
    return encodeSnapshot(this.#fingerprint, this.#opened().state());
  }

  /**
   * Goes on from a snapshot, of whichever process, bit for bit; time begins anew with the next call. Only while open.
   * Throws when it is of another model or damaged.
   */
  restore(snapshot: Uint8Array): void {
    this.#opened().restore(decodeSnapshot(this.#fingerprint, snapshot));
    this.#present = undefined;
    this.#trustedUntil = undefined;
  }

  #opened(): Machine {
    if (this.#machine === undefined) throw new Error(`simulated ${this.#spec.name}: not open`);
    return this.#machine;
  }

  #advance(): Machine {
    const machine = this.#opened();
    const now = this.#clock.now();
    this.#present ??= now;
    const excess = now - this.#present - MOST_CATCH_UP_NS;
    if (excess > 0n) {
      this.#present += excess;
      this.#skippedNs += excess;
    }
    if (this.#trustedUntil !== undefined && now >= this.#trustedUntil) {
      this.#run(machine, this.#trustedUntil);
      machine.command = machine.damping();
      this.#trustedUntil = undefined;
      this.#timeouts++;
    }
    this.#run(machine, now);
    return machine;
  }

  /** Whole time steps, none beyond `until`. */
  #run(machine: Machine, until: bigint): void {
    const present = this.#present!;
    if (until <= present) return;
    const steps = (until - present) / machine.timestepNs;
    for (let i = 0n; i < steps; i++) machine.step();
    this.#present = present + steps * machine.timestepNs;
  }

  #trust(): void {
    this.#trustedUntil = this.#timeoutNs > 0n ? this.#clock.now() + this.#timeoutNs : undefined;
  }
}
