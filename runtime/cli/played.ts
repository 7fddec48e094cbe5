import type { Tally } from "../governor/tally.ts";
import { clock, count } from "./display.ts";

/** What a policy did while it was watched. */
export interface Played {
  readonly policyVersion: number;
  readonly steps: number;
  /** Robot time. */
  readonly seconds: number;
  /** Reward per step; undefined without steps. */
  readonly rewardMean: number | undefined;
  /** Share of the steps in each stage, largest first. */
  readonly stages: Readonly<Record<string, number>>;
  /** m/s and m, in the direction the task asks for; undefined for tasks that report no speed. */
  readonly speedMean: number | undefined;
  readonly distance: number | undefined;
}

export function played(policyVersion: number, tally: Tally, rateHz: number): Played {
  const { rewardMean, rewardSteps: steps, stageSteps, speedMean } = tally;
  const seconds = steps / rateHz;
  const stages = Object.entries(stageSteps)
    .map(([stage, held]): [string, number] => [stage, held / steps])
    .sort(([, a], [, b]) => b - a);
  return {
    policyVersion,
    steps,
    seconds,
    rewardMean,
    stages: Object.fromEntries(stages),
    speedMean,
    distance: speedMean === undefined ? undefined : speedMean * seconds,
  };
}

/** The same for a person. */
export function playedLines({ policyVersion, steps, seconds, rewardMean, stages, ...rest }: Played): string[] {
  const lines = [`Policy ${policyVersion}: ${count(steps)} steps (${clock(seconds)} of robot time).`];
  if (rewardMean === undefined) return lines;
  lines.push(`Reward per step: ${rewardMean.toFixed(2)}.`);
  const shares = Object.entries(stages).map(([stage, share]) => `${stage} ${(100 * share).toFixed(0)} %`);
  if (shares.length > 0) lines.push(`Of the time: ${shares.join(", ")}.`);
  const { speedMean, distance } = rest;
  if (speedMean !== undefined && distance !== undefined) {
    lines.push(`Forward: ${distance.toFixed(1)} m, ${speedMean.toFixed(2)} m/s in the mean.`);
  }
  return lines;
}
