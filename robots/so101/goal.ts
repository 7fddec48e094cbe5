import { Random } from "../../runtime/random.ts";
import { type Point, places } from "./kinematics.ts";

/** What the arm is asked for. */
export interface Goal {
  /** Where the tip should be, m. */
  readonly place: Point;
  /** How far the jaws should be open, rad. */
  readonly opening: number;
}

/** Joint positions that goals are drawn from, rad: where the tip then is, it can get to. */
const POSES = [
  [-1.2, 1.2],
  [-1.2, 0.7],
  [-0.8, 1.3],
  [-0.6, 1.3],
  [0, 0],
] as const;
const OPENINGS = [0, 1.2] as const;
/** Heights, m: above the table, and not over the arm's own head. */
const HEIGHTS = [0.08, 0.36] as const;
/** From the pan axis, m: not in the arm's own base. */
const NEAREST = 0.15;

/** Goal number `index` of a seed: always the same. */
export function goalAt(seed: number, index: number): Goal {
  const random = new Random(seed, `goal ${index}`);
  const between = ([low, high]: readonly [number, number]): number => low + random.uniform() * (high - low);
  for (;;) {
    const { tip } = places(POSES.map(between));
    if (tip[2] < HEIGHTS[0] || tip[2] > HEIGHTS[1] || Math.hypot(tip[0], tip[1]) < NEAREST) continue;
    return { place: tip, opening: between(OPENINGS) };
  }
}
