/** What a person or another machine tells the governor. None of it passes through the policy or the link. */
export type Order =
  /** At once, from every state; latched. */
  | { readonly type: "estop"; readonly from: string }
  /** Leaves a latch, if its cause is gone. */
  | { readonly type: "reset" }
  | { readonly type: "pause" }
  | { readonly type: "resume" }
  /** A person's action in place of the policy's, until it is taken back with none. */
  | { readonly type: "steer"; readonly action: Float32Array | undefined }
  /** The step under way is the last of its episode, and this is how it went. */
  | { readonly type: "mark"; readonly mark: Mark };

/** What a person says of an episode. */
export const MARKS = ["end", "worked", "failed"] as const;
export type Mark = (typeof MARKS)[number];

/** A mark with the step it stands at. */
export interface MarkedStep {
  readonly sequence: number;
  readonly mark: Mark;
}
