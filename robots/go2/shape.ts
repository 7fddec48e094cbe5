import type { Shape } from "../quadruped/mjcf.ts";
import { go2Range } from "./joints.ts";

/**
 * Lengths, masses, centres and inertias (diagonals only) of Unitree's go2_description (unitree_ros: xacro/const.xacro), the foot's
 * mass in the calf's; armature and friction loss of MuJoCo Menagerie's `unitree_go2`. 15.1 kg.
 */
export const GO2_SHAPE: Shape = {
  name: "go2",
  trunk: {
    mass: 6.921,
    at: [0.021112, 0, -0.005366],
    diagonal: [0.02448, 0.098077, 0.107],
    halfSize: [0.1881, 0.04675, 0.057],
  },
  hip: { x: 0.1934, y: 0.0465, out: 0.0955, down: 0 },
  thighLength: 0.213,
  calfLength: 0.213,
  thickness: [0.016, 0.009],
  footRadius: 0.022,
  bodies: {
    hip: { mass: 0.678, at: [-0.0054, 0.00194, -0.000105], diagonal: [0.00048, 0.000884, 0.000596] },
    thigh: { mass: 1.152, at: [-0.00374, -0.0223, -0.0327], diagonal: [0.00584, 0.0058, 0.00103] },
    // Calf of 0.154 at −0.115 and foot of 0.06 at −0.213.
    calf: { mass: 0.214, at: [0.0039, -0.0007, -0.1425], diagonal: [0.0015, 0.0015, 3.4e-5] },
  },
  joint: { armature: 0.01, damping: 0.1, friction: 0.2 },
  range: go2Range,
};
