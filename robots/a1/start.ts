import { Random } from "../../runtime/random.ts";
import { A1_SPEC, LEGS } from "./joints.ts";
import type { STARTS } from "./settings.ts";

const HOME = LEGS.flatMap(() => [0, 0.9, -1.8]);
const ON_ITS_BACK = [0, 1, 0, 0];
const UPRIGHT = [1, 0, 0, 0];

/** Joint positions as the simulation starts, just above the floor: x y z, quaternion w x y z, the twelve joints. */
export function startPose(start: (typeof STARTS)[number], seed: number): readonly number[] {
  switch (start) {
    case "back":
      return [0, 0, 0.12, ...ON_ITS_BACK, ...HOME];
    case "belly":
      return [0, 0, 0.13, ...UPRIGHT, ...A1_SPEC.restPose];
    case "standing":
      return [0, 0, 0.27, ...UPRIGHT, ...HOME];
    case "random":
      return dropped(new Random(seed, "a1 start"));
  }
}

/** Legs drawn in, dropped from 0.3 m at any roll and heading. */
function dropped(random: Random): readonly number[] {
  const roll = random.uniform() * Math.PI; // half angles
  const yaw = random.uniform() * Math.PI;
  const quaternion = [
    Math.cos(yaw) * Math.cos(roll),
    Math.cos(yaw) * Math.sin(roll),
    Math.sin(yaw) * Math.sin(roll),
    Math.sin(yaw) * Math.cos(roll),
  ];
  const joints = A1_SPEC.joints.map(({ min, max }, i) => {
    const around = A1_SPEC.restPose[i]! + 0.4 * (random.uniform() - 0.5);
    return Math.min(max, Math.max(min, around));
  });
  return [0, 0, 0.3, ...quaternion, ...joints];
}
