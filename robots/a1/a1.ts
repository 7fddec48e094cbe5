import type { SimModel } from "../../drivers/sim/model.ts";
import { inRange, oneOf, type RobotDefinition } from "../definition.ts";
import { A1_GESTURES } from "./gestures.ts";
import { A1_SPEC } from "./joints.ts";
import { a1Mjcf } from "./mjcf.ts";
import { A1_SETTINGS, type A1Settings, STARTS } from "./settings.ts";
import { startPose } from "./start.ts";
import { a1Task } from "./task.ts";

/** Unitree's A1 quadruped that learns to walk from lying on its back. */
export const A1: RobotDefinition<A1Settings> = {
  spec: A1_SPEC,
  settings: A1_SETTINGS,
  gestures: A1_GESTURES,
  task: a1Task,
  simulation: ({ start, seed, footFriction, pushSpeed, pushSeconds }) => ({
    xml: a1Mjcf({ footFriction: inRange("footFriction", 0, 10, footFriction) }),
    base: "base",
    start: startPose(oneOf("start", STARTS, start), seed),
    velocityWindow: 0.12,
    fullEffortVelocity: 10,
    ...pushed(inRange("pushSpeed", 0, 10, pushSpeed), inRange("pushSeconds", 0.1, 1e6, pushSeconds), seed),
    camera: {
      body: "trunk",
      follows: "tracking",
      position: [0.95, -1.15, 0.6],
      target: [0, 0, 0.16],
      fieldOfView: 30,
    },
  }),
};

function pushed(speed: number, meanSeconds: number, seed: number): Pick<SimModel, "pushes"> {
  return speed > 0 ? { pushes: { speed, meanSeconds, seed } } : {};
}
