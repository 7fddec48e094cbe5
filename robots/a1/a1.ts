import type { RobotDefinition } from "../definition.ts";
import type { WalkSettings } from "../quadruped/settings.ts";
import { simulateQuadruped } from "../quadruped/simulation.ts";
import { WALK_SENSORS, walkTask } from "../quadruped/walk-task.ts";
import { A1_GESTURES } from "./gestures.ts";
import { A1_SPEC } from "./joints.ts";
import { a1Mjcf } from "./mjcf.ts";
import { A1_GAIT } from "./reward.ts";
import { A1_SETTINGS } from "./settings.ts";
import { A1_POSES } from "./start.ts";

const SIMULATED = { spec: A1_SPEC, poses: A1_POSES, mjcf: a1Mjcf, fullEffortVelocity: 10, distance: 1 };

/** Unitree's A1 quadruped that learns to walk from lying on its back. */
export const A1: RobotDefinition<WalkSettings> = {
  spec: A1_SPEC,
  settings: A1_SETTINGS,
  gestures: A1_GESTURES,
  task: (settings) => walkTask(A1_SPEC, A1_GAIT, settings),
  sensors: () => WALK_SENSORS,
  simulation: (settings) => simulateQuadruped(SIMULATED, settings),
};
