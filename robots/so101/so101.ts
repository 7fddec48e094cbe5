import type { RobotDefinition } from "../definition.ts";
import { actionTo } from "./action.ts";
import { SO101_CAMERAS } from "./cameras.ts";
import { SO101_JOINTS, SO101_SPEC } from "./joints.ts";
import { so101Mjcf } from "./mjcf.ts";
import { SO101_SERVOS } from "./servos.ts";
import { SO101_SETTINGS, type So101Settings } from "./settings.ts";
import { so101Task } from "./task.ts";

/** The SO-101 arm, follower side: five joints and a gripper, of six Feetech STS3215. Learns to reach. */
export const SO101: RobotDefinition<So101Settings> = {
  spec: SO101_SPEC,
  settings: SO101_SETTINGS,
  gestures: [
    { key: "m", name: "the middle of every joint", action: actionTo(SO101_JOINTS.map(() => 0)) },
    { key: "b", name: "bent over the table", action: actionTo([0, -0.4, 0.8, 0.9, 0, 0.5]) },
  ],
  task: so101Task,
  serial: SO101_SERVOS,
  cameras: SO101_CAMERAS,
  simulation: () => ({
    xml: so101Mjcf(),
    start: SO101_SPEC.restPose,
    velocityWindow: 0.12,
    // Up to the limit the model's own damping takes the torque away, as back-EMF does.
    fullEffortVelocity: 2.9,
    camera: { position: [0.62, -0.5, 0.42], target: [0.16, 0, 0.12], fieldOfView: 40 },
  }),
};
