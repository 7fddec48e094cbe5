import type { Chain } from "../arm/chain.ts";

/**
 * Lengths of Universal Robots' DH table for the UR5 (d1 0.08916, a2 0.425, a3 0.39225, d4 0.10915, d5 0.09465, d6 0.0823 m),
 * axes as of ROS's base_link; masses, centres and cylinders' inertias of ur_description (config/ur5/physical_parameters.yaml).
 * At 0 the arm is stretched forward.
 */
export const UR5_CHAIN: Chain = {
  links: [
    {
      joint: "shoulder_pan_joint",
      ...{ at: [0, 0, 0.08916], axis: [0, 0, 1] },
      ...{ mass: 3.7, centre: [0, 0.00193, -0.02561], inertia: [0.015, 0.015, 0.0104] },
    },
    {
      joint: "shoulder_lift_joint",
      ...{ at: [0, 0, 0.08916], axis: [0, 1, 0] },
      ...{ mass: 8.393, centre: [0.2125, 0.11336, 0], inertia: [0.0151, 0.1339, 0.1339] },
    },
    {
      joint: "elbow_joint",
      ...{ at: [0.425, 0, 0.08916], axis: [0, 1, 0] },
      ...{ mass: 2.33, centre: [0.15, 0.0265, 0], inertia: [0.0041, 0.0312, 0.0312] },
    },
    {
      joint: "wrist_1_joint",
      ...{ at: [0.81725, 0.10915, 0.08916], axis: [0, 1, 0] },
      ...{ mass: 1.219, centre: [0, 0.0018, -0.01634], inertia: [0.002, 0.0022, 0.002] },
    },
    {
      joint: "wrist_2_joint",
      ...{ at: [0.81725, 0.10915, -0.00549], axis: [0, 0, -1] },
      ...{ mass: 1.219, centre: [0, 0.01634, 0.0018], inertia: [0.0018, 0.0018, 0.0022] },
    },
    {
      joint: "wrist_3_joint",
      ...{ at: [0.81725, 0.19145, -0.00549], axis: [0, 1, 0] },
      ...{ mass: 0.188, centre: [0, -0.00116, 0], inertia: [0.00013, 0.00013, 0.00013] },
    },
  ],
  tip: [0.81725, 0.19145, -0.00549],
};
