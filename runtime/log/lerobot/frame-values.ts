import type { StepSchema } from "../../step.ts";
import { CAPTURE_TIME } from "./features.ts";
import type { Frame } from "./frames.ts";

/** A frame's numbers by feature, without pictures and without what LeRobot counts by itself; integers as bigint. */
export type FrameValues = Readonly<Record<string, number | bigint | boolean | readonly number[]>>;

/** Where nothing was done any more, the frame has the action before it and `has_action` is false. */
export function frameValues({ observation }: StepSchema, { step, next, isFirst }: Frame): FrameValues {
  const acted = next ?? step;
  const state = observation
    .filter(({ dtype }) => dtype === "float32")
    .flatMap(({ name }) => [...(step.observation[name] as Float32Array)]);
  return {
    "observation.state": state,
    action: [...acted.action],
    "action.command": [...acted.command],
    "next.reward": next?.reward ?? 0,
    "next.done": next?.isTerminal ?? step.isTerminal,
    reward: step.reward,
    is_first: isFirst,
    is_terminal: step.isTerminal,
    has_action: next !== undefined,
    intervened: acted.intervened,
    policy_version: BigInt(acted.policyVersion),
    [CAPTURE_TIME]: step.timeNs,
  };
}
