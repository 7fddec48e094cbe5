import type { Ros2Config } from "../../drivers/ros2/config.ts";
import { type JointSpec, type RobotSpec, UNWATCHED } from "../../runtime/robot.ts";
import { actionTo, type Reach } from "../arm/action.ts";
import { places } from "../arm/chain.ts";
import { armMjcf } from "../arm/mjcf.ts";
import { REACH_SETTINGS, type ReachSettings, reachTask } from "../arm/reach-task.ts";
import type { RobotDefinition } from "../definition.ts";
import { XARM_CHAIN } from "./chain.ts";

const TURN = 2 * Math.PI;
/**
 * rad and N·m: xarm_ros2, urdf/xarm6/xarm6.urdf.xacro. Gains stand for the arm's own position control, which no command
 * changes; as of MuJoCo Menagerie's `ufactory_xarm7`, by size, with the damping that lets the torque reach the speed limit.
 */
const FIRST = { effortLimit: 50, kp: 1500, armature: 0.2, damping: 45 };
const MIDDLE = { effortLimit: 32, kp: 1000, armature: 0.1, damping: 30 };
const LAST = { effortLimit: 20, kp: 400, armature: 0.05, damping: 15 };
const JOINTS = {
  joint1: { min: -TURN, max: TURN, ...FIRST },
  joint2: { min: -2.059, max: 2.0944, ...FIRST },
  joint3: { min: -3.927, max: 0.19198, ...MIDDLE },
  joint4: { min: -TURN, max: TURN, ...MIDDLE },
  joint5: { min: -1.69297, max: Math.PI, ...MIDDLE },
  joint6: { min: -TURN, max: TURN, ...LAST },
} as const;

/** Upper arm leaning back a little, forearm level to the front, flange down. */
const HOME = [0, -0.4, -1, 0, 1.4, 0];

export const XARM_SPEC: RobotSpec = {
  name: "xarm",
  joints: Object.entries(JOINTS).map(
    ([name, { min, max, effortLimit, kp }]): JointSpec => ({
      ...{ name, min, max, softMargin: 0.05 },
      // A third of what the arm can.
      velocityLimit: 1,
      accelerationLimit: 5,
      ...{ effortLimit, kp, kd: 0 },
    }),
  ),
  policyRateHz: 20,
  // Its trajectory controller runs at 50 to 150 Hz.
  servoRateHz: 40,
  restPose: HOME,
  // Its own control holds it; its brakes do when its power is cut.
  endState: "hold",
  rest: { speed: 0.3, contactError: 0.15 },
  watch: {
    ...UNWATCHED,
    sampleAge: 0.15,
    beyondLimits: 0.05,
    workspace: {
      min: [-0.8, -0.8, 0.03],
      max: [0.8, 0.8, 1.05],
      of: (position) => places(XARM_CHAIN, position).at(-1)!,
    },
  },
};

/** In front of it; nowhere is any part less than 0.14 m above the table. */
export const XARM_REACH: Reach = {
  chain: XARM_CHAIN,
  used: [
    [-1.2, 1.2],
    [-0.8, 0.2],
    [-1.7, -0.7],
    [-0.6, 0.6],
    [0.4, 1.8],
    [-1, 1],
  ],
};

const ROS2: Ros2Config = {
  transport: { kind: "rclnodejs" },
  state: { kind: "joint-states", topic: "/joint_states" },
  command: { kind: "trajectory", topic: "/xarm6_traj_controller/joint_trajectory" },
  controllers: { manager: "/controller_manager", names: ["xarm6_traj_controller"] },
};

/** UFACTORY's xArm 6 without a gripper; learns to reach. */
export const XARM: RobotDefinition<ReachSettings> = {
  spec: XARM_SPEC,
  settings: REACH_SETTINGS,
  gestures: [
    { key: "h", name: "home", action: actionTo(XARM_REACH, HOME) },
    { key: "m", name: "the middle of every joint", action: HOME.map(() => 0) },
  ],
  task: (settings) => reachTask(XARM_SPEC, XARM_REACH, settings),
  simulation: () => ({
    xml: armMjcf("xarm", XARM_CHAIN, XARM_SPEC.joints, Object.values(JOINTS), 0.045),
    start: HOME,
    velocityWindow: 0.12,
    fullEffortVelocity: 0.95,
    camera: { position: [1.4, -1.2, 0.9], target: [0.25, 0, 0.35], fieldOfView: 42 },
  }),
  ros2: ROS2,
};
