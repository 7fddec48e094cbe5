import type { Ros2Config } from "../../drivers/ros2/config.ts";
import type { RobotDefinition } from "../definition.ts";
import { actionTo } from "../quadruped/action.ts";
import { LEGS, perJoint } from "../quadruped/legs.ts";
import { quadrupedMjcf } from "../quadruped/mjcf.ts";
import type { Gait } from "../quadruped/reward.ts";
import { WALK_SETTINGS, type WalkSettings } from "../quadruped/settings.ts";
import { simulateQuadruped } from "../quadruped/simulation.ts";
import type { Poses } from "../quadruped/start.ts";
import { WALK_SENSORS, walkTask } from "../quadruped/walk-task.ts";
import { GO2_SPEC, GO2_USED } from "./joints.ts";
import { GO2_SHAPE } from "./shape.ts";

/** Straight abduction, feet below the hips: thigh 0.9, calf −1.63 rad. */
const GAIT: Gait = { ...GO2_USED, stand: { abduction: 0, thigh: -0.3, calf: 1 }, walkSpeed: 0.3 };

const POSES: Poses = {
  home: perJoint((_, joint) => ({ abduction: 0, thigh: 0.9, calf: -1.8 })[joint]),
  heights: { back: 0.12, belly: 0.15, standing: 0.29, random: 0.32 },
};

const SIMULATED = {
  ...{ spec: GO2_SPEC, poses: POSES, fullEffortVelocity: 10, distance: 1.1 },
  mjcf: ({ footFriction }: { readonly footFriction: number }) => quadrupedMjcf(GO2_SHAPE, footFriction),
};

/** Joints and IMU from the robot's own low state; where it is and how fast, from its lidar's odometry. */
const ROS2: Ros2Config = {
  transport: { kind: "rclnodejs" },
  joints: Object.fromEntries(LEGS.map((leg) => [`${leg}_abduction`, `${leg}_hip`])),
  state: { kind: "go2", topic: "/lowstate" },
  odometry: { topic: "/utlidar/robot_odom" },
  command: { kind: "go2", topic: "/lowcmd" },
};

/** Unitree's Go2 quadruped; learns to walk from lying on its back, as the A1 does. */
export const GO2: RobotDefinition<WalkSettings> = {
  spec: GO2_SPEC,
  settings: WALK_SETTINGS,
  gestures: [
    { key: "s", name: "stand", action: actionTo(GAIT, POSES.home) },
    { key: "c", name: "crouch", action: actionTo(GAIT, GO2_SPEC.restPose) },
  ],
  task: (settings) => walkTask(GO2_SPEC, GAIT, settings),
  sensors: () => WALK_SENSORS,
  simulation: (settings) => simulateQuadruped(SIMULATED, settings),
  ros2: ROS2,
};
