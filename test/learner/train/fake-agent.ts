import { LEARNER_DEFAULTS, type LearnerConfig } from "../../../learner/config.ts";
import type { Batch } from "../../../learner/train/trainer.ts";
import type { Agent } from "../../../learner/train/training.ts";
import { sha256 } from "../../../runtime/wire/bundle.ts";

/** An agent whose numbers depend on every batch it has seen, in order, and on its seed. */
export function fakeAgent({ onBatch = (_batch: Batch) => {} } = {}): Agent {
  return {
    async createTrainer(_schema, _config, seed) {
      const mix = Float32Array.of(seed, 0);
      return {
        async update(batch) {
          onBatch(batch);
          for (const array of Object.values(batch)) {
            for (const value of array) mix[0] = (mix[0]! * 31 + value + 1) % 65521;
          }
          mix[1]!++;
          return { loss: mix[0]! };
        },
        state: () => ({ mix: { shape: [2], data: mix.slice() } }),
        load({ mix: found }) {
          if (found?.shape.join() !== "2") throw new Error(`fake: expected mix [2], found [${found?.shape}]`);
          mix.set(found.data);
        },
        policyWeights: () => ({ weight: { shape: [1], data: mix.slice(0, 1) } }),
        close: async () => {},
      };
    },
    policyGraph() {
      const bytes = Uint8Array.of(1, 2, 3);
      const weights = [{ name: "weight", shape: [1] }];
      return { bytes, hash: sha256(bytes), weights, deter: 4, stochGroups: 2, stochClasses: 2 };
    },
  };
}

/** Small numbers, so that a test sees every phase within some dozen steps. */
export const CONFIG: LearnerConfig = {
  ...LEARNER_DEFAULTS,
  replay: { ...LEARNER_DEFAULTS.replay, capacity: 1000, batch: 4, length: 4, recentShare: 0.5, recentSteps: 20 },
  train: { ...LEARNER_DEFAULTS.train, fill: 20, pretrain: 5, ratio: 0.2, burst: 10, publishSteps: 10, logUpdates: 4 },
};
