import { perJoint } from "../quadruped/legs.ts";
import type { Start } from "../quadruped/settings.ts";
import * as quadruped from "../quadruped/start.ts";
import { A1_SPEC } from "./joints.ts";

const LEG = { abduction: 0, thigh: 0.9, calf: -1.8 };

export const A1_POSES: quadruped.Poses = {
  home: perJoint((_, joint) => LEG[joint]),
  heights: { back: 0.12, belly: 0.13, standing: 0.27, random: 0.3 },
};

export const startPose = (start: Start, seed: number): readonly number[] =>
  quadruped.startPose(A1_SPEC, A1_POSES, start, seed);
