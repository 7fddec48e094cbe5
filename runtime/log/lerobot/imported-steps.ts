import type { Step, StepSchema } from "../../step.ts";
import type { Observation } from "../../task.ts";
import type { RawFrame } from "./dataset-reader.ts";
import { CAPTURE_TIME } from "./features.ts";
import { type Features, NEXT } from "./format.ts";
import type { Selection } from "./selection.ts";

export interface ImportRules {
  readonly schema: StepSchema;
  readonly selection: Selection;
  readonly features: Features;
  /** The feature that is the reward; undefined: it is 0. */
  readonly reward: string | undefined;
  /** rad, what a robot would be told for an action; used where the dataset has no command. */
  readonly command: (action: Float32Array) => Float32Array;
}

/** Features that are used where they are there, besides those that are mapped. */
export const USED = [
  "is_first",
  "is_terminal",
  "has_action",
  "intervened",
  "policy_version",
  CAPTURE_TIME,
  "next.done",
];

/** In shares of the range [−1, 1] of an action. */
const ROUNDING = 1e-6;

/** The reward a dataset has, by the names that are known for it. */
export function rewardOf(features: Features): string | undefined {
  return ["reward", `${NEXT}reward`].find((name) => Object.hasOwn(features, name));
}

/**
 * Makes steps of frames, one each, in their order. A frame holds the action taken AT its observation, a step the one that led
 * TO it: that is the frame's before. So is what is named "next.". A stream's steps are numbered from 0.
 */
export class ImportedSteps {
  readonly #rules: ImportRules;
  #sequence = 0;
  /** The frame before, where what is done at it led on. */
  #before: RawFrame | undefined;

  constructor(rules: ImportRules) {
    this.#rules = rules;
  }

  /** `images`: of this frame, by tensor. Throws on an action that is not one of the robot's. */
  next(
    frame: RawFrame,
    place: { readonly episode: number; readonly index: number; readonly length: number },
    images: Observation = {},
  ): Step {
    const { schema, selection, reward, features } = this.#rules;
    const { episode, index, length } = place;
    const isFirst =
      this.#before === undefined || (frame.is_first === undefined ? index === 0 : Boolean(frame.is_first));
    const before = isFirst ? undefined : this.#before;
    const action = before === undefined ? new Float32Array(schema.action.length) : this.#action(before, episode);
    const vectors = Object.entries(selection.observation).map(([name, select]) => [name, select(frame)]);
    const isNext = reward?.startsWith(NEXT) ?? false;
    const terminal = Object.hasOwn(features, "is_terminal") ? frame.is_terminal : before?.[`${NEXT}done`];
    const step: Step = {
      sequence: this.#sequence++,
      episode,
      index,
      timeNs: timeOf(frame, this.#sequence - 1, schema.policyRateHz),
      observation: { ...Object.fromEntries(vectors), ...images },
      action,
      command: before === undefined ? new Float32Array(schema.joints.length) : this.#command(before, action),
      reward: reward === undefined ? 0 : Number((isNext ? before : frame)?.[reward] ?? 0),
      isFirst,
      isLast: index === length - 1,
      isTerminal: schema.canTerminate && Boolean(terminal),
      policyVersion: Number(before?.policy_version ?? 0),
      intervened: Boolean(before?.intervened),
    };
    this.#before = frame.has_action === false ? undefined : frame;
    return step;
  }

  #action(frame: RawFrame, episode: number): Float32Array {
    const action = this.#rules.selection.action(frame);
    const wrong = action.findIndex((value) => !(Math.abs(value) <= 1 + ROUNDING));
    if (wrong < 0) return action;
    throw new Error(
      `dataset: expected actions in [−1, 1], found ${action[wrong]} for ${this.#rules.schema.action[wrong]} in episode ` +
        `${episode}; "scale" and "offset" in the file of --map bring it there`,
    );
  }

  #command(frame: RawFrame, action: Float32Array): Float32Array {
    const { selection, command } = this.#rules;
    return selection.command === undefined ? command(action) : selection.command(frame);
  }
}

function timeOf(frame: RawFrame, sequence: number, rateHz: number): bigint {
  const captured = frame[CAPTURE_TIME];
  return typeof captured === "bigint" ? captured : BigInt(Math.round((sequence * 1e9) / rateHz));
}
