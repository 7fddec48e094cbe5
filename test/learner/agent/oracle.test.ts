import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { entropyTarget } from "../../../learner/agent/backprop-actor.ts";
import { updateAgent } from "../../../learner/agent/update.ts";
import { LEARNER_DEFAULTS } from "../../../learner/config.ts";
import { useEager } from "../../../learner/nn/eager.ts";
import {
  expectOracle,
  flattenResult,
  oracleBatch,
  oracleNoise,
  oracleSettings,
  oracleSpec,
  oracleState,
  readOracle,
  relativeError,
} from "./oracle.ts";

describe.each(["backprop", "reinforce"] as const)("an update with the %s actor", (actor) => {
  beforeAll(() => useEager());
  const oracle = readOracle(actor);

  test("has the losses, gradients and next weights of an independent float64 computation", () => {
    const result = updateAgent(
      oracleState(oracle),
      oracleBatch(oracle),
      oracleNoise(oracle),
      oracleSpec(oracle),
      oracleSettings(oracle),
      oracle.sizes.batch,
    );
    const found: Record<string, tf.Tensor> = flattenResult(result);
    expectOracle(oracle, (name) => found[name]!.dataSync());
    const { actor: after } = result.state;
    if (actor === "backprop") {
      const { advantageAfter, alphaAfter } = oracle.actorState;
      expect(
        relativeError(after.advantageMoments.dataSync(), [advantageAfter.mean, advantageAfter.meanSquare]),
      ).toBeLessThan(1e-4);
      expect(relativeError(after.alpha.dataSync(), alphaAfter)).toBeLessThan(1e-4);
      expect(after.advantageUpdates.dataSync()[0]).toBe(advantageAfter.updates);
    } else {
      expect(relativeError(after.returnRange.dataSync(), oracle.expected.returnRangeAfter)).toBeLessThan(1e-4);
    }
  });
});

test("the entropy an actor is held at stays for a while, then goes to the last target in a straight line", () => {
  const targets = { entropyTarget: 0.5, entropyTargetEnd: 0.2, entropyHold: 10, entropyAnneal: 100 };
  const settings = { ...LEARNER_DEFAULTS.agent, ...targets };
  const at = (updates: number): number => entropyTarget(tf.scalar(updates), settings).dataSync()[0]!;
  expect([0, 10, 11, 60, 109, 110, 1e6].map(at).map((x) => Number(x.toFixed(4)))).toEqual([
    0.5, 0.5, 0.497, 0.35, 0.203, 0.2, 0.2,
  ]);
});
