import type { Inertial, Shape } from "../quadruped/mjcf.ts";
import { dkittyRange } from "./joints.ts";

/** Two thin links with a servo between them, as ROBEL's boxes weigh: 0.118 kg a link of 0.095 m, its servo at the end. */
const LINK: Inertial = { mass: 0.118, at: [0, 0, -0.076], diagonal: [6e-5, 6e-5, 2.5e-5] };

/**
 * Lengths and masses of the kit's own model (google-research/robel-scenes, dkitty/assets/chainA_xh-v2.1.xml), inertias of its
 * boxes; the joints' damping is a servo's back-EMF, 4.1 N·m over 4.8 rad/s; friction loss and armature are guessed.
 */
export const DKITTY_SHAPE: Shape = {
  name: "dkitty",
  trunk: { mass: 0.72, at: [0, 0, 0], diagonal: [0.0045, 0.0085, 0.012], halfSize: [0.13, 0.07, 0.02] },
  hip: { x: 0.122, y: 0.09, out: 0, down: 0.0965 },
  thighLength: 0.0945,
  calfLength: 0.101,
  thickness: [0.014, 0.009],
  footRadius: 0.0105,
  bodies: {
    hip: LINK,
    thigh: { ...LINK, mass: 0.126 },
    calf: { mass: 0.04, at: [0, 0, -0.06], diagonal: [3.5e-5, 3.5e-5, 8e-6] },
  },
  joint: { armature: 0.01, damping: 0.85, friction: 0.05 },
  range: dkittyRange,
};
