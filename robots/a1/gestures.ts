import type { Gesture } from "../definition.ts";
import { actionTo } from "./action.ts";
import { A1_SPEC, LEGS } from "./joints.ts";

/** Abduction, thigh and calf of a leg that stands, rad. */
const HOME = [0, 0.9, -1.8];

/** Poses a person can hold the A1 in. */
export const A1_GESTURES: readonly Gesture[] = [
  { key: "s", name: "stand", action: actionTo(LEGS.flatMap(() => HOME)) },
  { key: "c", name: "crouch", action: actionTo(A1_SPEC.restPose) },
];
