import type { RobotSpec } from "../../../runtime/robot.ts";
import type { Drive, Plant } from "../../mock/plant.ts";
import { lowCmdCrc } from "../go2/crc.ts";
import { GO2_MOTORS } from "../go2/motors.ts";
import { decode, encode } from "../messages/codec.ts";
import type { JointState, MessageTypes, TypeName } from "../messages/types.ts";
import { TWIST_PARTS } from "../state/base.ts";
import { MockController } from "./controller.ts";
import type { RosTopic } from "./faults.ts";
import type { FaultyTopics } from "./faulty-topics.ts";
import type { Graph } from "./graph.ts";
import { type Body, baseOdometry, jointState, lowState, odometry } from "./says.ts";

export interface MockMachineOptions {
  readonly spec: Pick<RobotSpec, "joints" | "restPose">;
  /** The joints' names in its messages, in the robot's order. */
  readonly names: readonly string[];
  /** What it listens to and what it says. */
  readonly kind: keyof typeof TOPICS;
  /** Other names for its topics; odometry, of a machine that floats, and an emergency stop it has only where they are here. */
  readonly topics?: Partial<Readonly<Record<"command" | RosTopic, string>>>;
  readonly rateHz: number;
  /** Its own clock, ns. */
  readonly now: () => bigint;
  /** What its motors move, joints in the robot's order; absent: joints that approach their targets. */
  readonly plant?: Plant;
  /** A controller that follows commands only while it is active, and its manager; absent: it always follows. */
  readonly controller?: string;
  readonly manager?: string;
  /** What goes wrong with what it says. */
  readonly faults?: FaultyTopics;
  /** Gets every target that it is to follow from now on. */
  readonly onTargets?: (targets: Float64Array) => void;
  /** After each of its steps, where its joints truly are. */
  readonly onStep?: (position: Float64Array) => void;
}

/** Share of the way to its target that a joint goes in a step. */
const APPROACH = 0.3;
const TOPICS = {
  forward: { command: "/forward/commands", state: "/joint_states" },
  trajectory: { command: "/trajectory", state: "/joint_states" },
  go2: { command: "/lowcmd", state: "/lowstate" },
  twist: { command: "/cmd_vel", state: "/odom" },
} as const;
const MANAGER = "/controller_manager";
const PARTS: readonly string[] = TWIST_PARTS;

/**
 * A simple machine on a graph: joints that approach their targets, or a plant, on the topics of the usual controllers or of a Go2.
 * Damped and limp joints stay where they are; with a plant an arm that follows nothing is held by its own control, as the makers'
 * are, and a Go2's legs are damped or limp.
 */
export class MockMachine {
  readonly position: Float64Array;
  /** The last message of each kind that was taken, for those who look behind. */
  readonly taken = new Map<TypeName, unknown>();
  /** Changes a state before it is published; undefined: nothing is published. */
  distort: (state: JointState) => JointState | undefined = (state) => state;
  readonly #options: MockMachineOptions;
  readonly #graph: Graph;
  readonly #topics: { readonly command: string; readonly state: string };
  readonly #targets: Float64Array;
  #following = false;
  #damped = false;
  readonly #controller: MockController | undefined;
  #heardMs = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #ends: (() => void)[] = [];

  constructor(graph: Graph, options: MockMachineOptions) {
    const { spec, plant, kind, topics, controller } = options;
    this.#graph = graph;
    this.#options = options;
    this.#topics = { ...TOPICS[kind], ...topics };
    this.position = Float64Array.from(spec.restPose, (rest, joint) => plant?.position(joint) ?? rest);
    this.#targets = this.position.slice();
    const letGo = (): void => {
      this.#following = false;
    };
    this.#controller = controller === undefined ? undefined : new MockController(controller, letGo);
  }

  /** What the motors follow; undefined when they follow nothing. */
  get motors(): Float64Array | undefined {
    return this.#following && this.active ? this.#targets : undefined;
  }

  get active(): boolean {
    return this.#controller?.active ?? true;
  }

  /** For how long nobody has commanded anything, ms. */
  get silentMs(): number {
    return performance.now() - this.#heardMs;
  }

  start(): void {
    const { kind, manager = MANAGER, rateHz } = this.#options;
    if (kind === "forward") this.#hear("std_msgs/msg/Float64MultiArray", ({ data }) => this.#follow(data));
    else if (kind === "trajectory") this.#hear("trajectory_msgs/msg/JointTrajectory", (it) => this.#track(it));
    else if (kind === "go2") this.#hear("unitree_go/msg/LowCmd", (command) => this.#motorCommand(command));
    else this.#hear("geometry_msgs/msg/Twist", (twist) => this.#drive(twist));
    this.#controller?.offer(this.#graph, manager);
    this.#timer = setInterval(() => this.step(), 1000 / rateHz);
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const end of this.#ends) end();
    this.#ends = [];
  }

  step(): void {
    const targets = this.motors;
    const { plant, now, kind, topics } = this.#options;
    if (plant !== undefined) {
      for (let i = 0; i < this.position.length; i++) plant.drive(i, targets?.[i] ?? this.#alone(i), 1);
      plant.advance(Number(now()) / 1e6);
      for (let i = 0; i < this.position.length; i++) this.position[i] = plant.position(i);
    } else if (targets !== undefined) {
      for (let i = 0; i < targets.length; i++) this.position[i]! += APPROACH * (targets[i]! - this.position[i]!);
    }
    this.#options.onStep?.(this.position);
    const { state } = this.#topics;
    if (kind === "go2") this.#say("state", state, "unitree_go/msg/LowState", lowState(this.#body(true)));
    else if (kind === "twist") this.#say("state", state, "nav_msgs/msg/Odometry", baseOdometry(this.#body()));
    else {
      const said = this.distort(jointState(this.#body()));
      const wrong = said && (this.#options.faults?.distort(said) ?? said);
      if (wrong !== undefined) this.#say("state", state, "sensor_msgs/msg/JointState", wrong);
    }
    if (topics?.odometry !== undefined) {
      this.#say("odometry", topics.odometry, "nav_msgs/msg/Odometry", odometry(this.#body()));
    }
    if (topics?.estop !== undefined) {
      this.#say("estop", topics.estop, "std_msgs/msg/Bool", { data: this.#options.faults?.estop === true });
    }
  }

  /** What a joint does by itself. */
  #alone(joint: number): Drive {
    if (this.#options.kind === "go2") return this.#damped ? "damp" : undefined;
    return this.#targets[joint];
  }

  /** `wrong`: with what the faults say of its positions. */
  #body(wrong = false): Body {
    const { names, plant, now, faults } = this.#options;
    const lost = wrong ? faults?.notFinite() : undefined;
    return {
      names,
      position: lost?.size ? this.position.map((q, joint) => (lost.has(joint) ? Number.NaN : q)) : this.position,
      velocity: (joint) => plant?.velocity(joint) ?? 0,
      effort: (joint) => plant?.effort(joint) ?? 0,
      sensors: plant?.sensors,
      nowNs: now(),
    };
  }

  #say<T extends TypeName>(role: RosTopic, topic: string, type: T, message: MessageTypes[T]): void {
    const cdr = encode(type, message);
    const say = (): void => this.#graph.publish(topic, type, cdr, role === "estop");
    if (this.#options.faults === undefined) say();
    else this.#options.faults.carry(role, say);
  }

  #hear<T extends TypeName>(type: T, take: (message: MessageTypes[T]) => void): void {
    const end = this.#graph.subscribe(this.#topics.command, type, (cdr) => {
      const message = decode(type, cdr);
      this.#heardMs = performance.now();
      this.taken.set(type, message);
      take(message);
    });
    this.#ends.push(end);
  }

  #follow(targets: ArrayLike<number>): void {
    if (!this.active) return;
    this.#targets.set(targets);
    this.#following = true;
    this.#options.onTargets?.(this.#targets);
  }

  #track({ joint_names, points }: MessageTypes["trajectory_msgs/msg/JointTrajectory"]): void {
    const positions = points.at(-1)!.positions;
    this.#follow(this.#options.names.map((name) => positions[joint_names.indexOf(name)]!));
  }

  /** A command whose checksum is wrong is not followed, as the real one does. */
  #motorCommand(command: MessageTypes["unitree_go/msg/LowCmd"]): void {
    if (command.crc !== lowCmdCrc(command)) return;
    const motors = this.#options.names.map((name) => command.motor_cmd[GO2_MOTORS.indexOf(name)]!);
    this.#damped = motors.some(({ kd }) => kd > 0);
    if (motors.some(({ kp }) => kp > 0)) this.#follow(motors.map(({ q }) => q));
    else this.#following = false;
  }

  #drive({ linear, angular }: MessageTypes["geometry_msgs/msg/Twist"]): void {
    const speeds = [linear.x, linear.y, linear.z, angular.x, angular.y, angular.z];
    this.#follow(this.#options.names.map((name) => speeds[PARTS.indexOf(name)]!));
    this.#following = this.#targets.some((speed) => speed !== 0);
    if (!this.#following) this.position.fill(0);
  }
}
