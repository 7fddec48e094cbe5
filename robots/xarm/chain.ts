import type { Chain } from "../arm/chain.ts";

/**
 * The xArm 6's frames, masses and centres of UFACTORY's xarm_description (xarm_ros2: urdf/xarm6/xarm6.urdf.xacro), turned into
 * the foot's frame at joint positions 0, where the forearm hangs down before the upper arm; inertias are their diagonals.
 */
export const XARM_CHAIN: Chain = {
  links: [
    {
      joint: "joint1",
      ...{ at: [0, 0, 0.267], axis: [0, 0, 1] },
      ...{ mass: 2.16, centre: [-0.002, 0.0269, -0.0133], inertia: [0.0054, 0.0049, 0.0031] },
    },
    {
      joint: "joint2",
      ...{ at: [0, 0, 0.267], axis: [0, 1, 0] },
      ...{ mass: 1.71, centre: [0.0353, 0.0339, 0.214], inertia: [0.0249, 0.0239, 0.0049] },
    },
    {
      joint: "joint3",
      ...{ at: [0.0535, 0, 0.5515], axis: [0, 1, 0] },
      ...{ mass: 1.384, centre: [0.0678, 0.0146, -0.1075], inertia: [0.0054, 0.005, 0.0032] },
    },
    {
      joint: "joint4",
      ...{ at: [0.131, 0, 0.209], axis: [0, 0, -1] },
      ...{ mass: 1.115, centre: [-0.0002, -0.0258, 0.0254], inertia: [0.0044, 0.004, 0.0011] },
    },
    {
      joint: "joint5",
      ...{ at: [0.131, 0, 0.209], axis: [0, 1, 0] },
      ...{ mass: 1.275, centre: [0.0543, 0.0054, -0.0178], inertia: [0.0012, 0.0027, 0.0023] },
    },
    {
      joint: "joint6",
      ...{ at: [0.207, 0, 0.112], axis: [0, 0, -1] },
      ...{ mass: 0.11, centre: [0, 0, 0.0095], inertia: [4.5e-5, 4.8e-5, 8e-5] },
    },
  ],
  tip: [0.207, 0, 0.112],
};
