import type { Ros2Config } from "../../drivers/ros2/config.ts";
import { type JointSpec, type RobotSpec, UNWATCHED } from "../../runtime/robot.ts";
import { actionTo, type Reach } from "../arm/action.ts";
import { places } from "../arm/chain.ts";
import { armMjcf } from "../arm/mjcf.ts";
import { REACH_SETTINGS, type ReachSettings, reachTask } from "../arm/reach-task.ts";
import type { RobotDefinition } from "../definition.ts";
import { UR5_CHAIN } from "./chain.ts";

const TURN = 2 * Math.PI;
/**
 * rad and N·m: ur_description, config/ur5/joint_limits.yaml, after the UR5 user manual 3.13 (±360° but for the elbow, which
 * cannot; 180°/s) and Universal Robots' maximum joint torques. Gains stand for the arm's own position control, which no
 * command changes; as of MuJoCo Menagerie's `universal_robots_ur5e`, with the damping that lets the torque reach the speed limit.
 */
const LARGE = { effortLimit: 150, kp: 3500, armature: 0.4, damping: 120 };
const SMALL = { effortLimit: 28, kp: 600, armature: 0.1, damping: 25 };
const JOINTS = {
  shoulder_pan_joint: { range: TURN, ...LARGE },
  shoulder_lift_joint: { range: TURN, ...LARGE },
  elbow_joint: { range: Math.PI, ...LARGE },
  wrist_1_joint: { range: TURN, ...SMALL },
  wrist_2_joint: { range: TURN, ...SMALL },
  wrist_3_joint: { range: TURN, ...SMALL },
} as const;

/** Upper arm up, forearm forward, flange down: the makers' home. */
const HOME = [0, -1.57, 1.57, -1.57, -1.57, 0];

export const UR5_SPEC: RobotSpec = {
  name: "ur5",
  joints: Object.entries(JOINTS).map(
    ([name, { range, effortLimit, kp }]): JointSpec => ({
      ...{ name, min: -range, max: range, softMargin: 0.05 },
      // A third of what the arm can: near people less is enough.
      velocityLimit: 1,
      // MoveIt's for this arm; the makers publish none.
      accelerationLimit: 5,
      ...{ effortLimit, kp, kd: 0 },
    }),
  ),
  policyRateHz: 20,
  // A CB3 controller takes targets at 125 Hz.
  servoRateHz: 100,
  restPose: HOME,
  // Its own control holds it; its brakes do when its power is cut.
  endState: "hold",
  rest: { speed: 0.3, contactError: 0.15 },
  watch: {
    ...UNWATCHED,
    sampleAge: 0.1,
    beyondLimits: 0.05,
    workspace: { min: [-1, -1, 0.05], max: [1, 1, 1.2], of: (position) => places(UR5_CHAIN, position).at(-1)! },
  },
};

/** In front of it; nowhere is any part less than 0.12 m above the table. */
export const UR5_REACH: Reach = {
  chain: UR5_CHAIN,
  used: [
    [-1.2, 1.2],
    [-2, -1.15],
    [0.8, 1.75],
    [-2.3, -0.9],
    [-2, -1.1],
    [-1, 1],
  ],
};

const ROS2: Ros2Config = {
  transport: { kind: "rclnodejs" },
  state: { kind: "joint-states", topic: "/joint_states" },
  command: { kind: "forward", topic: "/forward_position_controller/commands" },
  controllers: { manager: "/controller_manager", names: ["forward_position_controller"] },
};

/** Universal Robots' UR5 (CB3); learns to reach. */
export const UR5: RobotDefinition<ReachSettings> = {
  spec: UR5_SPEC,
  settings: REACH_SETTINGS,
  gestures: [
    { key: "h", name: "home", action: actionTo(UR5_REACH, HOME) },
    { key: "m", name: "the middle of every joint", action: HOME.map(() => 0) },
  ],
  task: (settings) => reachTask(UR5_SPEC, UR5_REACH, settings),
  simulation: () => ({
    xml: armMjcf("ur5", UR5_CHAIN, UR5_SPEC.joints, Object.values(JOINTS), 0.055),
    start: HOME,
    velocityWindow: 0.12,
    fullEffortVelocity: 0.95,
    camera: { position: [1.7, -1.5, 1.1], target: [0.3, 0, 0.4], fieldOfView: 42 },
  }),
  ros2: ROS2,
};
