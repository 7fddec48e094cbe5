/** What some steps came to. */
export interface Tally {
  /** Mean reward of the steps; undefined when there were none. */
  readonly rewardMean: number | undefined;
  /** How many those were. */
  readonly rewardSteps: number;
  /** How many of them in which stage; none in tasks without stages. */
  readonly stageSteps: Readonly<Record<string, number>>;
  /** Mean speed, m/s; undefined for tasks that report none. */
  readonly speedMean: number | undefined;
}

export const NO_STEPS: Tally = { rewardMean: undefined, rewardSteps: 0, stageSteps: {}, speedMean: undefined };

export function tallyStep(reward: number, stage: string, speed: number | undefined): Tally {
  return { rewardMean: reward, rewardSteps: 1, stageSteps: stage === "" ? {} : { [stage]: 1 }, speedMean: speed };
}

/** Of the steps of both. */
export function addTallies(a: Tally, b: Tally): Tally {
  if (a.rewardSteps === 0) return b;
  if (b.rewardSteps === 0) return a;
  const rewardSteps = a.rewardSteps + b.rewardSteps;
  const mean = (one: number | undefined, other: number | undefined): number | undefined =>
    one === undefined || other === undefined ? undefined : (one * a.rewardSteps + other * b.rewardSteps) / rewardSteps;
  const stageSteps: Record<string, number> = { ...a.stageSteps };
  for (const [stage, steps] of Object.entries(b.stageSteps)) stageSteps[stage] = (stageSteps[stage] ?? 0) + steps;
  return {
    rewardMean: mean(a.rewardMean, b.rewardMean),
    rewardSteps,
    stageSteps,
    speedMean: mean(a.speedMean, b.speedMean),
  };
}
