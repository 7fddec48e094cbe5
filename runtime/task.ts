import type { Sample } from "./robot.ts";

/** One named tensor of an observation. */
export interface TensorSpec {
  readonly name: string;
  readonly dtype: "float32" | "uint8";
  readonly shape: readonly number[];
  /** One a number for vectors ("rad", "rad/s", "1"); one for all for images. */
  readonly units: readonly string[];
}

export type Observation = Readonly<Record<string, Float32Array | Uint8Array>>;

/** What a robot should learn. Holds nothing that changes: every method is a function of its arguments. */
export interface Task {
  readonly name: string;
  readonly observation: readonly TensorSpec[];
  /** One name a number of the action; each lies in [−1, 1]. */
  readonly action: readonly string[];
  /** Steps that are reported together; the robot is not reset between windows. */
  readonly windowSteps: number;
  /** Subtracted from the reward before it is learned from: the floor that any behaviour gets. */
  readonly rewardOffset: number;
  /** Whether `isTerminal` can ever be true; the world model has a continue head only then. */
  readonly canTerminate: boolean;
  /** Second-order Butterworth low-pass on the mapped targets, once a policy tick; 0 turns it off. */
  readonly filterHz: number;
  /** How far a target may lie from the measured joint position, rad, at every servo tick; Infinity turns it off. */
  readonly maxPositionError: number;
  /** Fills `out` (joint positions, rad) from an action in [−1, 1]. */
  mapAction(action: ArrayLike<number>, out: Float64Array): void;
  observe(sample: Sample): Observation;
  reward(sample: Sample): number;
  isTerminal(sample: Sample): boolean;
  /** Where the machine is on its way, in words a person follows: "on its back", "standing". Empty when there are no stages. */
  stage(sample: Sample): string;
  /** The stage of a machine that lies down or fell, where there is one: the share of steps outside it is "upright". */
  readonly downStage?: string;
  /** How fast it gets on in the direction it should, m/s; left out where that means nothing. */
  speed?(sample: Sample): number;
}
