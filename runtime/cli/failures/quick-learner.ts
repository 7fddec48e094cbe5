import { LEARNER_DEFAULTS } from "../../../learner/config.ts";
import type { LearnerEvent } from "../../../learner/train/status.ts";
import { forkLearner } from "../learner-process.ts";

/** As small as a learner can be that trains soon and all the time. */
export const QUICK_CONFIG = {
  ...LEARNER_DEFAULTS,
  preset: "robot-tiny",
  agent: { ...LEARNER_DEFAULTS.agent, horizon: 5 },
  replay: { ...LEARNER_DEFAULTS.replay, batch: 4, length: 8 },
  train: { ...LEARNER_DEFAULTS.train, fill: 40, pretrain: 2 },
};

export interface QuickLearner {
  /** Where it listens. */
  readonly endpoint: Promise<string>;
  /** Resolves when it has made updates. Rejects, as `endpoint`, when it ends before. */
  readonly learning: Promise<unknown>;
  /** At once. */
  end(): Promise<unknown>;
}

/** Starts a learner of its own process in the run directory `run`. */
export function quickLearner(run: string): QuickLearner {
  const listeners: ((event: LearnerEvent) => void)[] = [];
  const part = forkLearner(
    { run, bind: "tcp://127.0.0.1:*", config: QUICK_CONFIG, seed: 0, lockstep: false },
    (event) => {
      for (const listener of listeners) listener(event);
    },
  );
  const first = <T>(find: (event: LearnerEvent) => T | undefined): Promise<T> => {
    const found = new Promise<T>((resolve, reject) => {
      listeners.push((event) => {
        const value = find(event);
        if (value !== undefined) resolve(value);
      });
      void part.ended.then(({ failure }) => reject(new Error(failure ?? "the learner ended before it learned")));
    });
    found.catch(() => {}); // whoever waits for it is told
    return found;
  };
  return {
    endpoint: first((event) => (event.type === "ready" ? event.endpoint : undefined)),
    learning: first((event) => (event.type === "status" && event.status.updates > 0 ? event.status : undefined)),
    end: () => {
      part.kill();
      return part.ended;
    },
  };
}
