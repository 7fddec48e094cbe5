import type { SimModel } from "../../drivers/sim/model.ts";
import type { RobotSpec } from "../../runtime/robot.ts";
import { inRange, oneOf } from "../definition.ts";
import { STARTS, type WalkSettings } from "./settings.ts";
import { type Poses, startPose } from "./start.ts";

/** A quadruped as its simulation needs it. */
export interface SimulatedQuadruped {
  readonly spec: RobotSpec;
  readonly poses: Poses;
  readonly mjcf: (surface: { readonly footFriction: number }) => string;
  /** rad/s; see `SimModel`. */
  readonly fullEffortVelocity: number;
  /** How far off a person looks at it from, the machine's own length being about 0.5 m: 1. */
  readonly distance: number;
}

type SimulationSettings = Pick<WalkSettings, "start" | "seed" | "footFriction" | "pushSpeed" | "pushSeconds">;

/** Throws on a setting out of its range, naming it. */
export function simulateQuadruped(
  { spec, poses, mjcf, fullEffortVelocity, distance }: SimulatedQuadruped,
  { start, seed, footFriction, pushSpeed, pushSeconds }: SimulationSettings,
): SimModel {
  return {
    xml: mjcf({ footFriction: inRange("footFriction", 0, 10, footFriction) }),
    base: "base",
    start: startPose(spec, poses, oneOf("start", STARTS, start), seed),
    velocityWindow: 0.12,
    fullEffortVelocity,
    ...pushed(inRange("pushSpeed", 0, 10, pushSpeed), inRange("pushSeconds", 0.1, 1e6, pushSeconds), seed),
    camera: {
      body: "trunk",
      follows: "tracking",
      position: [0.95 * distance, -1.15 * distance, 0.6 * distance],
      target: [0, 0, 0.16 * distance],
      fieldOfView: 30,
    },
  };
}

function pushed(speed: number, meanSeconds: number, seed: number): Pick<SimModel, "pushes"> {
  return speed > 0 ? { pushes: { speed, meanSeconds, seed } } : {};
}
