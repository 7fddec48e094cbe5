import type { RobotSpec } from "../../../runtime/robot.ts";
import type { Plant } from "../../mock/plant.ts";
import { lowCmdCrc } from "../go2/crc.ts";
import { GO2_MOTORS } from "../go2/motors.ts";
import { decode, encode } from "../messages/codec.ts";
import type { JointState, LowState, MessageTypes, Time, TypeName } from "../messages/types.ts";
import { TWIST_PARTS } from "../state/base.ts";
import type { Graph } from "./graph.ts";

export interface MockMachineOptions {
  readonly spec: Pick<RobotSpec, "joints" | "restPose">;
  /** The joints' names in its messages, in the robot's order. */
  readonly names: readonly string[];
  /** What it listens to and what it says. */
  readonly kind: "forward" | "trajectory" | "go2" | "twist";
  readonly rateHz: number;
  /** Its own clock, ns. */
  readonly now: () => bigint;
  /** What its motors move, joints in the robot's order; absent: joints that approach their targets. */
  readonly plant?: Plant;
  /** A controller that follows commands only while it is active; absent: it always follows. */
  readonly controller?: string;
}

/** Share of the way to its target that a joint goes in a step. */
const APPROACH = 0.3;
const STATES = "/joint_states";
const PARTS: readonly string[] = TWIST_PARTS;

/**
 * A simple machine on a graph: joints that approach their targets, or a plant, on the topics of the usual controllers or of a Go2.
 * Damped and limp joints stay where they are.
 */
export class MockMachine {
  readonly position: Float64Array;
  /** The last message of each kind that was taken, for those who look behind. */
  readonly taken = new Map<TypeName, unknown>();
  /** Changes a state before it is published; undefined: nothing is published. */
  distort: (state: JointState) => JointState | undefined = (state) => state;
  readonly #options: MockMachineOptions;
  readonly #graph: Graph;
  readonly #targets: Float64Array;
  #following = false;
  #active: boolean;
  #timer: NodeJS.Timeout | undefined;
  #ends: (() => void)[] = [];

  constructor(graph: Graph, options: MockMachineOptions) {
    this.#graph = graph;
    this.#options = options;
    this.position = Float64Array.from(options.spec.restPose);
    this.#targets = new Float64Array(options.spec.joints.length);
    this.#active = options.controller === undefined;
  }

  /** What the motors follow; undefined when they follow nothing. */
  get motors(): Float64Array | undefined {
    return this.#following && this.#active ? this.#targets : undefined;
  }

  get active(): boolean {
    return this.#active;
  }

  start(): void {
    const { kind, rateHz } = this.#options;
    if (kind === "forward")
      this.#hear("/forward/commands", "std_msgs/msg/Float64MultiArray", ({ data }) => this.#follow(data));
    else if (kind === "trajectory") this.#hearTrajectories();
    else if (kind === "go2") this.#hear("/lowcmd", "unitree_go/msg/LowCmd", (command) => this.#motorCommand(command));
    else this.#hear("/cmd_vel", "geometry_msgs/msg/Twist", (twist) => this.#drive(twist));
    if (this.#options.controller !== undefined) this.#offerController(this.#options.controller);
    this.#timer = setInterval(() => this.step(), 1000 / rateHz);
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const end of this.#ends) end();
    this.#ends = [];
  }

  step(): void {
    const targets = this.motors;
    const { plant, now } = this.#options;
    if (plant !== undefined) {
      for (let i = 0; i < this.position.length; i++) plant.drive(i, targets?.[i], 1);
      plant.advance(Number(now()) / 1e6);
      for (let i = 0; i < this.position.length; i++) this.position[i] = plant.position(i);
    } else if (targets !== undefined) {
      for (let i = 0; i < targets.length; i++) this.position[i]! += APPROACH * (targets[i]! - this.position[i]!);
    }
    const { kind } = this.#options;
    if (kind === "go2")
      this.#graph.publish("/lowstate", "unitree_go/msg/LowState", encode("unitree_go/msg/LowState", this.#lowState()));
    else if (kind === "twist") this.#publishOdometry();
    else {
      const state = this.distort(this.#jointState());
      if (state !== undefined) {
        this.#graph.publish(STATES, "sensor_msgs/msg/JointState", encode("sensor_msgs/msg/JointState", state));
      }
    }
  }

  #hear<T extends TypeName>(topic: string, type: T, take: (message: MessageTypes[T]) => void): void {
    const end = this.#graph.subscribe(topic, type, (cdr) => {
      const message = decode(type, cdr);
      this.taken.set(type, message);
      take(message);
    });
    this.#ends.push(end);
  }

  #follow(targets: ArrayLike<number>): void {
    if (!this.#active) return;
    this.#targets.set(targets);
    this.#following = true;
  }

  #hearTrajectories(): void {
    this.#hear("/trajectory", "trajectory_msgs/msg/JointTrajectory", ({ joint_names, points }) => {
      const positions = points.at(-1)!.positions;
      this.#follow(this.#options.names.map((name) => positions[joint_names.indexOf(name)]!));
    });
  }

  /** A command whose checksum is wrong is not followed, as the real one does. */
  #motorCommand(command: MessageTypes["unitree_go/msg/LowCmd"]): void {
    if (command.crc !== lowCmdCrc(command)) return;
    const motors = this.#options.names.map((name) => command.motor_cmd[GO2_MOTORS.indexOf(name)]!);
    this.#following = motors.some(({ kp }) => kp > 0);
    if (this.#following) this.#targets.set(motors.map(({ q }) => q));
  }

  #drive({ linear, angular }: MessageTypes["geometry_msgs/msg/Twist"]): void {
    const speeds = [linear.x, linear.y, linear.z, angular.x, angular.y, angular.z];
    this.#targets.set(this.#options.names.map((name) => speeds[PARTS.indexOf(name)]!));
    this.#following = this.#targets.some((speed) => speed !== 0);
    if (!this.#following) this.position.fill(0);
  }

  #offerController(name: string): void {
    this.#graph.offer("/controller_manager/switch_controller", (request) => {
      const { activate_controllers: on, deactivate_controllers: off } = request as {
        activate_controllers: string[];
        deactivate_controllers: string[];
      };
      const fits = [...on, ...off].every((each) => each === name) && on.length > 0 !== this.#active;
      if (!fits) return { ok: false };
      this.#active = on.length > 0;
      this.#following = false;
      return { ok: true };
    });
    this.#graph.offer("/controller_manager/list_controllers", () => ({
      controller: [{ name, state: this.#active ? "active" : "inactive" }],
    }));
  }

  #stamp(): Time {
    const now = this.#options.now();
    return { sec: Number(now / 1_000_000_000n), nanosec: Number(now % 1_000_000_000n) };
  }

  /** The other way round than the robot has them, as machines do. */
  #jointState(): JointState {
    const { plant } = this.#options;
    const each = (value: (joint: number) => number): Float64Array =>
      this.position.map((_, joint) => (plant === undefined ? 0 : value(joint))).toReversed();
    return {
      header: { stamp: this.#stamp(), frame_id: "" },
      name: this.#options.names.toReversed(),
      position: this.position.toReversed(),
      velocity: each((joint) => plant!.velocity(joint)),
      effort: each((joint) => plant!.effort(joint)),
    };
  }

  #lowState(): LowState {
    const still = { mode: 1, q: 0, dq: 0, tau_est: 0, temperature: 30 };
    return {
      imu_state: {
        quaternion: Float32Array.of(1, 0, 0, 0),
        gyroscope: new Float32Array(3),
        accelerometer: Float32Array.of(0, 0, 9.81),
      },
      motor_state: Array.from({ length: 20 }, (_, motor) => {
        const joint = this.#options.names.indexOf(GO2_MOTORS[motor] ?? "");
        const { plant } = this.#options;
        const moves = plant && { dq: plant.velocity(joint), tau_est: plant.effort(joint) };
        return joint < 0 ? still : { ...still, q: this.position[joint]!, ...moves };
      }),
      foot_force: new Int16Array(4),
      tick: Number(this.#options.now() / 1_000_000n) >>> 0,
      power_v: 29,
      power_a: 1,
    };
  }

  #publishOdometry(): void {
    const speeds = new Float64Array(TWIST_PARTS.length);
    this.#options.names.forEach((name, i) => {
      speeds[PARTS.indexOf(name)] = this.position[i]!;
    });
    const [x, y, z, roll, pitch, yaw] = speeds as unknown as [number, number, number, number, number, number];
    const covariance = new Float64Array(36);
    const cdr = encode("nav_msgs/msg/Odometry", {
      header: { stamp: this.#stamp(), frame_id: "odom" },
      child_frame_id: "base_link",
      pose: { pose: { position: { x: 0, y: 0, z: 0 }, orientation: { x: 0, y: 0, z: 0, w: 1 } }, covariance },
      twist: { twist: { linear: { x, y, z }, angular: { x: roll, y: pitch, z: yaw } }, covariance },
    });
    this.#graph.publish("/odom", "nav_msgs/msg/Odometry", cdr);
  }
}
