import loadMujoco, { type MainModule, type MjData, type MjModel } from "@mujoco/mujoco";
import type { Geom, Poses, Shape } from "./camera/scene.ts";
import type { BodyPose } from "./camera/viewpoint.ts";

let module: Promise<MainModule> | undefined;

const GEOM_TYPES = {
  plane: "mjGEOM_PLANE",
  sphere: "mjGEOM_SPHERE",
  capsule: "mjGEOM_CAPSULE",
  cylinder: "mjGEOM_CYLINDER",
  box: "mjGEOM_BOX",
} as const satisfies Record<Shape, string>;
const SHAPES = Object.keys(GEOM_TYPES) as readonly Shape[];

/** Within MuJoCo's own bound, mjMAXVAL; false for NaN. A loop: `every` would put each number on the heap. */
function areSane(numbers: Float64Array): boolean {
  for (let i = 0; i < numbers.length; i++) if (!(Math.abs(numbers[i]!) < 1e10)) return false;
  return true;
}

/**
 * One MuJoCo model with its state. The only file that touches the MuJoCo bindings. Owns memory outside the JavaScript
 * heap: `delete` it.
 */
export class Physics {
  /** s */
  readonly timestep: number;
  readonly #mujoco: MainModule;
  readonly #model: MjModel;
  readonly #data: MjData;
  #qpos: Float64Array;
  #qvel: Float64Array;
  #ctrl: Float64Array;

  private constructor(mujoco: MainModule, xml: string) {
    this.#mujoco = mujoco;
    this.#model = mujoco.MjModel.from_xml_string(xml);
    // By default MuJoCo answers a NaN by silently going back to the start. Here it stays, to be found by `assertSane`.
    this.#model.opt.disableflags |= mujoco.mjtDisableBit.mjDSBL_AUTORESET.value;
    this.#data = new mujoco.MjData(this.#model);
    this.timestep = this.#model.opt.timestep;
    this.#qpos = this.#data.qpos;
    this.#qvel = this.#data.qvel;
    this.#ctrl = this.#data.ctrl;
  }

  /** Throws with MuJoCo's reason when `xml` is not a valid model. */
  static async load(xml: string): Promise<Physics> {
    module ??= loadMujoco();
    return new Physics(await module, xml);
  }

  // Views into MuJoCo's memory. When that grows (another model is loaded) they lose their contents and are taken anew.

  /** Writable until the next call into MuJoCo; do not keep. */
  get qpos(): Float64Array {
    if (this.#qpos.length === 0) this.#qpos = this.#data.qpos;
    return this.#qpos;
  }

  get qvel(): Float64Array {
    if (this.#qvel.length === 0) this.#qvel = this.#data.qvel;
    return this.#qvel;
  }

  get ctrl(): Float64Array {
    if (this.#ctrl.length === 0) this.#ctrl = this.#data.ctrl;
    return this.#ctrl;
  }

  step(): void {
    this.#mujoco.mj_step(this.#model, this.#data);
  }

  /** Throws when the simulation has diverged. */
  assertSane(): void {
    if (areSane(this.qpos) && areSane(this.qvel)) return;
    throw new Error(
      `simulation diverged by ${this.#data.time.toFixed(3)} s: expected positions and velocities below 1e10, found [${this.qpos}] and [${this.qvel}]; a smaller time step or smaller gains may help`,
    );
  }

  /** Where a joint's numbers lie in `qpos` and `qvel`. */
  joint(name: string): { readonly qpos: number; readonly qvel: number } {
    const id = this.#id("joint", this.#mujoco.mjtObj.mjOBJ_JOINT.value, name);
    return { qpos: this.#model.jnt_qposadr[id], qvel: this.#model.jnt_dofadr[id] };
  }

  /** Where a motor's torque lies in `ctrl`. */
  actuator(name: string): number {
    return this.#id("actuator", this.#mujoco.mjtObj.mjOBJ_ACTUATOR.value, name);
  }

  /** Number of a body, for `bodyPose`. */
  body(name: string): number {
    return this.#id("body", this.#mujoco.mjtObj.mjOBJ_BODY.value, name);
  }

  /** Everything there is to see. Throws on a shape that the camera cannot draw. */
  geoms(): Geom[] {
    const { ngeom, geom_type: types, geom_size: sizes, geom_rgba: colours } = this.#model;
    const shapes = new Map(SHAPES.map((shape) => [this.#mujoco.mjtGeom[GEOM_TYPES[shape]].value, shape]));
    return Array.from({ length: ngeom }, (_, id): Geom => {
      const shape = shapes.get(types[id]);
      if (shape === undefined) {
        throw new Error(
          `simulation: geom ${id}: expected one of ${SHAPES.join(", ")}, found MuJoCo's type ${types[id]}`,
        );
      }
      const [x, y, z] = sizes.subarray(3 * id, 3 * id + 3);
      const [red, green, blue, alpha] = colours.subarray(4 * id, 4 * id + 4);
      return { shape, size: [x, y, z], rgba: [red, green, blue, alpha] };
    });
  }

  /** Works out where everything is now. `poses` and `bodyPose` otherwise show the time before the last step. */
  place(): void {
    this.#mujoco.mj_kinematics(this.#model, this.#data);
  }

  /** Good until the next call into MuJoCo. */
  poses(): Poses {
    return { positions: this.#data.geom_xpos, rotations: this.#data.geom_xmat };
  }

  bodyPose(body: number): BodyPose {
    const { xpos, xmat } = this.#data;
    return { position: xpos.slice(3 * body, 3 * body + 3), rotation: xmat.slice(9 * body, 9 * body + 9) };
  }

  #id(kind: string, type: number, name: string): number {
    const id = this.#mujoco.mj_name2id(this.#model, type, name);
    if (id < 0) throw new Error(`simulation: the model has no ${kind} "${name}"`);
    return id;
  }

  /** Everything the next step depends on, copied. */
  state(): Float64Array {
    const all = this.#mujoco.mjtState.mjSTATE_INTEGRATION.value;
    // Out-parameters must be MuJoCo's own buffers: given a plain array it writes over its memory from address 0.
    const buffer = new this.#mujoco.DoubleBuffer(this.#mujoco.mj_stateSize(this.#model, all));
    this.#mujoco.mj_getState(this.#model, this.#data, buffer, all);
    const copy = Float64Array.from(buffer.GetView() as Float64Array);
    buffer.delete();
    return copy;
  }

  /** Continues from `state`, bit for bit. Throws when it has another size than this model's. */
  setState(state: Float64Array): void {
    const all = this.#mujoco.mjtState.mjSTATE_INTEGRATION.value;
    const size = this.#mujoco.mj_stateSize(this.#model, all);
    if (state.length !== size) {
      throw new Error(`simulation: expected a state of ${size} numbers, found ${state.length}`);
    }
    this.#mujoco.mj_setState(this.#model, this.#data, state as unknown as number[], all);
  }

  delete(): void {
    this.#data.delete();
    this.#model.delete();
  }
}
