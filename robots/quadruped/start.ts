import { Random } from "../../runtime/random.ts";
import type { RobotSpec } from "../../runtime/robot.ts";
import type { Start } from "./settings.ts";

const ON_ITS_BACK = [0, 1, 0, 0];
const UPRIGHT = [1, 0, 0, 0];

/** How one machine lies and stands. */
export interface Poses {
  /** Joint positions of a stand, rad. */
  readonly home: readonly number[];
  /** Of the trunk above the floor, m; of a random start where it is dropped from. */
  readonly heights: Readonly<Record<Start, number>>;
}

/** Joint positions as the simulation starts, just above the floor: x y z, quaternion w x y z, the twelve joints. */
export function startPose(spec: RobotSpec, { home, heights }: Poses, start: Start, seed: number): readonly number[] {
  switch (start) {
    case "back":
      return [0, 0, heights.back, ...ON_ITS_BACK, ...home];
    case "belly":
      return [0, 0, heights.belly, ...UPRIGHT, ...spec.restPose];
    case "standing":
      return [0, 0, heights.standing, ...UPRIGHT, ...home];
    case "random":
      return dropped(spec, heights.random, new Random(seed, `${spec.name} start`));
  }
}

/** Legs drawn in, dropped at any roll and heading. */
function dropped(spec: RobotSpec, height: number, random: Random): readonly number[] {
  const roll = random.uniform() * Math.PI; // half angles
  const yaw = random.uniform() * Math.PI;
  const quaternion = [
    Math.cos(yaw) * Math.cos(roll),
    Math.cos(yaw) * Math.sin(roll),
    Math.sin(yaw) * Math.sin(roll),
    Math.sin(yaw) * Math.cos(roll),
  ];
  const joints = spec.joints.map(({ min, max }, i) => {
    const around = spec.restPose[i]! + 0.4 * (random.uniform() - 0.5);
    return Math.min(max, Math.max(min, around));
  });
  return [0, 0, height, ...quaternion, ...joints];
}
