import type { RuntimeConfig } from "../defaults.ts";
import type { GraphInput, GraphOutput } from "./graph.ts";

/** What becomes of a policy that would act quite differently. */
export const CANARIES: readonly string[] = ["off", "warn", "refuse"];

/** A question the robot really met, with everything the answer hung on. */
export interface Met {
  readonly input: GraphInput;
  /** What the policy of that time answered. */
  readonly action: Float32Array;
}

/** The newest questions of one policy graph. */
export class MetQuestions {
  readonly #limit: number;
  #met: Met[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get all(): readonly Met[] {
    return this.#met;
  }

  /** Copies the observation; the rest of the input is nobody else's. */
  add(input: GraphInput, action: Float32Array): void {
    if (this.#limit === 0) return;
    this.#met.push({ input: { ...input, observation: input.observation.slice() }, action });
    if (this.#met.length > this.#limit) this.#met.shift();
  }

  /** Those of another graph say nothing of this one. */
  forget(): void {
    this.#met = [];
  }
}

/** How far a new policy's answers lie from those that were given: mean over actions and questions of |difference|; NaN when none was asked. */
export async function tryOut(
  name: string,
  met: readonly Met[],
  answer: (input: GraphInput) => Promise<GraphOutput>,
  { range }: RuntimeConfig["policy"]["canary"],
): Promise<number> {
  let sum = 0;
  let count = 0;
  for (const { input, action } of met) {
    const output = await answer(input);
    output.action.forEach((value, i) => {
      if (!(Math.abs(value) <= range)) {
        throw new Error(`${name}: expected actions within ±${range} on what the robot just met, found ${value}`);
      }
      sum += Math.abs(clip(value) - clip(action[i]!));
      count++;
    });
  }
  return sum / count;
}

function clip(value: number): number {
  return Math.min(1, Math.max(-1, value));
}
