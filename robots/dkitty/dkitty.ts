import { oneOf, type RobotDefinition } from "../definition.ts";
import { actionTo } from "../quadruped/action.ts";
import { perJoint } from "../quadruped/legs.ts";
import { quadrupedMjcf } from "../quadruped/mjcf.ts";
import type { Gait } from "../quadruped/reward.ts";
import { WALK_SETTINGS } from "../quadruped/settings.ts";
import { simulateQuadruped } from "../quadruped/simulation.ts";
import { standTask } from "../quadruped/stand-task.ts";
import type { Poses } from "../quadruped/start.ts";
import { WALK_SENSORS, walkTask } from "../quadruped/walk-task.ts";
import { DKITTY_SPEC, DKITTY_USED } from "./joints.ts";
import { DKITTY_SERVOS } from "./servos.ts";
import { DKITTY_SHAPE } from "./shape.ts";

const GOALS = ["walk", "stand"] as const;

export const DKITTY_SETTINGS = {
  ...WALK_SETTINGS,
  /** "walk", which reads attitude and speed: only the simulation has these; "stand", from the servos alone. */
  goal: "walk" as string,
  filterHz: 3,
  maxPositionError: 0.3,
  /** Its used joint range does not take it off its back. */
  start: "belly" as string,
};
export type DkittySettings = typeof DKITTY_SETTINGS;

/** Feet below the hips: thigh 0.4, calf −0.75 rad. */
const GAIT: Gait = { ...DKITTY_USED, stand: { abduction: 0, thigh: 0, calf: 0 }, walkSpeed: 0.2 };

const POSES: Poses = {
  home: perJoint((_, joint) => ({ abduction: 0, thigh: 0.4, calf: -0.75 })[joint]),
  heights: { back: 0.06, belly: 0.27, standing: 0.3, random: 0.35 },
};

const SIMULATED = {
  ...{ spec: DKITTY_SPEC, poses: POSES, fullEffortVelocity: 3.9, distance: 0.9 },
  mjcf: ({ footFriction }: { readonly footFriction: number }) => quadrupedMjcf(DKITTY_SHAPE, footFriction),
};

const goalOf = ({ goal }: Pick<DkittySettings, "goal">) => oneOf("goal", GOALS, goal);

/** ROBEL's D'Kitty: an open quadruped of twelve Dynamixel X430 on one bus. */
export const DKITTY: RobotDefinition<DkittySettings> = {
  spec: DKITTY_SPEC,
  settings: DKITTY_SETTINGS,
  gestures: [
    { key: "s", name: "stand", action: actionTo(GAIT, POSES.home) },
    { key: "c", name: "crouch", action: actionTo(GAIT, DKITTY_SPEC.restPose) },
  ],
  task: (settings) => (goalOf(settings) === "walk" ? walkTask : standTask)(DKITTY_SPEC, GAIT, settings),
  sensors: (settings) => (goalOf(settings) === "walk" ? WALK_SENSORS : []),
  simulation: (settings) => simulateQuadruped(SIMULATED, settings),
  serial: DKITTY_SERVOS,
};
