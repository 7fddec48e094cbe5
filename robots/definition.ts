import type { Ros2Config } from "../drivers/ros2/config.ts";
import type { SerialRobot } from "../drivers/serial/serial-robot.ts";
import type { CameraSpec } from "../drivers/sim/camera/viewpoint.ts";
import type { SimModel } from "../drivers/sim/model.ts";
import type { ImageSpec, RobotSpec } from "../runtime/robot.ts";
import type { Task } from "../runtime/task.ts";

/** Flat: every number, word or switch that changes what a robot does, by name. */
export type Settings = Readonly<Record<string, number | string | boolean>>;

/** An action that a person can hold in place of the policy's, with one key of the keyboard. */
export interface Gesture {
  /** One character that has no other meaning at the machine. */
  readonly key: string;
  readonly name: string;
  /** In [−1, 1], one a number of the task's action. */
  readonly action: readonly number[];
}

/** A camera that a robot may have: it has it in a run whose settings say what it comes from. */
export interface RobotCamera extends ImageSpec {
  /** Where it sits on the simulated machine. */
  readonly view: CameraSpec;
}

/** A robot with what it should learn, the same whichever driver carries it. */
export interface RobotDefinition<S extends Settings = Settings> {
  readonly spec: RobotSpec;
  /** Defaults; a run replaces some of them. */
  readonly settings: S;
  readonly gestures?: readonly Gesture[];
  /** Throws on a setting out of its range, naming it. */
  task(settings: S): Task;
  /** Of the sensors, what its task reads besides the joints; absent: none. A driver that has none cannot carry it then. */
  sensors?(settings: S): readonly string[];
  /** Throws on a setting out of its range, naming it. */
  simulation(settings: S): SimModel;
  /** How its servos sit on their bus, where it is one of those: `--driver serial`, and `mock`, which emulates them. */
  readonly serial?: SerialRobot;
  /** Where ROS 2 has it, where it does: `--driver ros2`, and `mock` where it has no `serial`. */
  readonly ros2?: Ros2Config;
  /** Those it may have, by names of letters, digits, _ and -. */
  readonly cameras?: readonly RobotCamera[];
}

/** Throws unless `value` is one of `choices`. */
export function oneOf<T extends string>(name: string, choices: readonly T[], value: string): T {
  const choice = choices.find((each) => each === value);
  if (choice === undefined) throw new Error(`${name}: expected one of ${choices.join(", ")}, found "${value}"`);
  return choice;
}

/** Throws unless `value` lies in [min, max]. */
export function inRange(name: string, min: number, max: number, value: number): number {
  if (!(value >= min && value <= max)) throw new Error(`${name}: expected ${min} to ${max}, found ${value}`);
  return value;
}
