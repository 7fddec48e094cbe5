import type { Gesture } from "../definition.ts";
import { actionTo } from "./action.ts";
import { A1_SPEC } from "./joints.ts";
import { A1_POSES } from "./start.ts";

/** Poses a person can hold the A1 in. */
export const A1_GESTURES: readonly Gesture[] = [
  { key: "s", name: "stand", action: actionTo(A1_POSES.home) },
  { key: "c", name: "crouch", action: actionTo(A1_SPEC.restPose) },
];
