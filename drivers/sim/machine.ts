import type { JointCommand, RobotSpec, Sample } from "../../runtime/robot.ts";
import { Camera, type PictureSettings } from "./camera/camera.ts";
import { type CameraSpec, viewpoint } from "./camera/viewpoint.ts";
import type { SimModel } from "./model.ts";
import { limitEffort } from "./motor.ts";
import { MovingAverage } from "./moving-average.ts";
import { Physics } from "./physics.ts";
import { Pushes } from "./pushes.ts";
import type { SimState } from "./snapshot.ts";

/** What of a robot its simulated body needs to know. */
export type MachineSpec = Pick<RobotSpec, "name" | "joints">;

/** The body and its motors: physics steps under the command in force. Time is its caller's business. */
export class Machine {
  /** What the motors follow; undefined: limp. */
  command: JointCommand | undefined;
  readonly timestepNs: bigint;
  readonly #spec: MachineSpec;
  readonly #fullEffortVelocity: number;
  readonly #physics: Physics;
  /** Per joint, where its numbers lie. */
  readonly #joints: readonly { readonly qpos: number; readonly qvel: number; readonly ctrl: number }[];
  /** Where the free joint's numbers lie; undefined for a machine that is bolted down. */
  readonly #base: { readonly qpos: number; readonly qvel: number } | undefined;
  readonly #velocity: MovingAverage;
  readonly #pushes: Pushes | undefined;
  readonly #position: Float64Array;
  readonly #jointVelocity: Float64Array;
  readonly #effort: Float64Array;
  readonly #sensors: Readonly<Record<"position" | "orientation" | "gyro" | "velocity", Float64Array>>;

  private constructor(spec: MachineSpec, model: SimModel, physics: Physics) {
    this.#spec = spec;
    this.#fullEffortVelocity = model.fullEffortVelocity;
    this.#physics = physics;
    this.timestepNs = BigInt(Math.round(physics.timestep * 1e9));
    this.#joints = spec.joints.map(({ name }) => ({ ...physics.joint(name), ctrl: physics.actuator(name) }));
    this.#base = model.base === undefined ? undefined : physics.joint(model.base);
    this.#velocity = new MovingAverage(Math.max(1, Math.round(model.velocityWindow / physics.timestep)), 3);
    if (model.pushes !== undefined && model.base === undefined) {
      throw new Error(`simulated ${spec.name}: expected a base to push, found a machine that is bolted down`);
    }
    this.#pushes = model.pushes && new Pushes(model.pushes, physics.timestep);
    this.#position = new Float64Array(spec.joints.length);
    this.#jointVelocity = new Float64Array(spec.joints.length);
    this.#effort = new Float64Array(spec.joints.length);
    this.#sensors = {
      position: new Float64Array(3),
      orientation: new Float64Array(4),
      gyro: new Float64Array(3),
      velocity: new Float64Array(3),
    };
    if (model.start.length !== physics.qpos.length) {
      throw new Error(
        `simulated ${spec.name}: expected a start of ${physics.qpos.length} numbers, found ${model.start.length}`,
      );
    }
    physics.qpos.set(model.start);
  }

  /** Throws when model and spec do not fit together, naming the joint. */
  static async build(spec: MachineSpec, model: SimModel): Promise<Machine> {
    const physics = await Physics.load(model.xml);
    try {
      return new Machine(spec, model, physics);
    } catch (error) {
      physics.delete();
      throw error;
    }
  }

  step(): void {
    const { qpos, qvel, ctrl } = this.#physics;
    const { command } = this;
    for (let i = 0; i < this.#joints.length; i++) {
      const at = this.#joints[i]!;
      const velocity = qvel[at.qvel]!;
      const wanted =
        command === undefined
          ? 0
          : command.kp[i]! * (command.position[i]! - qpos[at.qpos]!) - command.kd[i]! * velocity;
      const effort = limitEffort(this.#spec.joints[i]!, this.#fullEffortVelocity, wanted, velocity);
      this.#effort[i] = effort;
      ctrl[at.ctrl] = effort;
    }
    if (this.#base !== undefined) this.#pushes?.step(qvel, this.#base.qvel);
    this.#physics.step();
    if (this.#base !== undefined) this.#velocity.push(this.#physics.qvel, this.#base.qvel);
  }

  assertSane(): void {
    this.#physics.assertSane();
  }

  /** Reuses its arrays. */
  sample(timeNs: bigint): Sample {
    const { qpos, qvel } = this.#physics;
    for (let i = 0; i < this.#joints.length; i++) {
      const at = this.#joints[i]!;
      this.#position[i] = qpos[at.qpos]!;
      this.#jointVelocity[i] = qvel[at.qvel]!;
    }
    const joints = { timeNs, position: this.#position, velocity: this.#jointVelocity, effort: this.#effort };
    if (this.#base === undefined) return { ...joints, sensors: {} };
    const { position, orientation, gyro, velocity } = this.#sensors;
    copyPart(qpos, this.#base.qpos, position);
    copyPart(qpos, this.#base.qpos + 3, orientation);
    copyPart(qvel, this.#base.qvel + 3, gyro); // MuJoCo turns free joints in the body's frame
    this.#velocity.mean(velocity);
    return { ...joints, sensors: this.#sensors };
  }

  /** Puts it where a sample says it is, for a picture: nothing else of it is right then. */
  place({ position, sensors }: Pick<Sample, "position" | "sensors">): void {
    const { qpos } = this.#physics;
    for (let i = 0; i < this.#joints.length; i++) qpos[this.#joints[i]!.qpos] = position[i]!;
    if (this.#base === undefined || sensors.position === undefined || sensors.orientation === undefined) return;
    qpos.set(sensors.position, this.#base.qpos);
    qpos.set(sensors.orientation, this.#base.qpos + 3);
  }

  /** Pushes it got so far. */
  get pushCount(): number {
    return this.#pushes?.count ?? 0;
  }

  /**
   * A function that takes a picture of the machine as it is then: uint8 height × width × 3, overwritten by the next. The
   * machine does not notice. Throws on a camera that cannot be.
   */
  camera(spec: CameraSpec, settings: PictureSettings): () => Uint8Array {
    const camera = new Camera(this.#physics.geoms(), settings);
    const body = spec.body === undefined ? undefined : this.#physics.body(spec.body);
    return () => {
      this.#physics.place();
      const pose = body === undefined ? undefined : this.#physics.bodyPose(body);
      return camera.take(viewpoint(spec, pose), this.#physics.poses());
    };
  }

  /** Holds every joint where it is, with the spec's gains. */
  holdHere(): JointCommand {
    const { qpos } = this.#physics;
    return {
      position: Float64Array.from(this.#joints, (at) => qpos[at.qpos]!),
      kp: Float64Array.from(this.#spec.joints, (joint) => joint.kp),
      kd: Float64Array.from(this.#spec.joints, (joint) => joint.kd),
    };
  }

  /** Brakes every joint with the spec's damping. */
  damping(): JointCommand {
    return { ...this.holdHere(), kp: new Float64Array(this.#spec.joints.length) };
  }

  state(): SimState {
    return {
      physics: this.#physics.state(),
      velocities: this.#velocity.state(),
      effort: this.#effort.slice(),
      command: this.command,
      pushes: this.#pushes?.state() ?? new Float64Array(0),
    };
  }

  restore({ physics, velocities, effort, command, pushes }: SimState): void {
    this.#physics.setState(physics);
    this.#velocity.restore(velocities);
    this.#effort.set(effort);
    this.command = command;
    this.#pushes?.restore(pushes);
  }

  delete(): void {
    this.#physics.delete();
  }
}

/** Fills `to`; without the view that `subarray` would make. */
function copyPart(from: Float64Array, offset: number, to: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] = from[offset + i]!;
}
