/** A batch as the update takes it: time-major, float32. */
export interface Batch {
  /** [T, B, O] raw sensor values; the update squashes them itself. */
  readonly observation: Float32Array;
  /** [T, B, A] the action that led to each observation. */
  readonly previousAction: Float32Array;
  /** [T, B] offset already subtracted. */
  readonly reward: Float32Array;
  /** [T, B] 0 or 1; row 0 is always 1. */
  readonly isFirst: Float32Array;
  /** [T, B] 0 or 1. */
  readonly isTerminal: Float32Array;
}

/** Named arrays: parameters, optimiser state, running values. What a checkpoint holds. */
export type Arrays = Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Float32Array }>>;

/** One agent under training. Every call belongs to one thread. */
export interface Trainer {
  /** One update of world model, actor and critic. `metrics` are scalars by name. */
  update(batch: Batch): Promise<Record<string, number>>;
  /** Everything that changes, copied: loading it elsewhere continues with the same numbers (noise included). */
  state(): Arrays;
  /** Throws when a name or shape differs from this agent's, naming the first. */
  load(state: Arrays): void;
  /** The subset a robot acts with, named as in the policy graph. Copied. */
  policyWeights(): Arrays;
  close(): Promise<void>;
}
