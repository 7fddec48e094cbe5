import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { actorLoss, criticLoss, softTarget } from "../../../learner/baseline/losses.ts";
import { actor, criticValues } from "../../../learner/baseline/networks.ts";
import { draw } from "../../../learner/baseline/squashed-gaussian.ts";
import { toSacState } from "../../../learner/baseline/state.ts";
import { transitionsOf } from "../../../learner/baseline/transitions.ts";
import { updateSac } from "../../../learner/baseline/update.ts";
import { updateInputs, updateProgram } from "../../../learner/baseline/update-program.ts";
import { LOG_TEMPERATURE, sacWeights } from "../../../learner/baseline/weights.ts";
import { compile } from "../../../learner/compile/program.ts";
import { useEager } from "../../../learner/nn/eager.ts";
import { Random } from "../../../runtime/random.ts";
import { CONFIG, randomFeeds, SPEC } from "./tiny.ts";

const INPUTS = updateInputs(SPEC, CONFIG);

function tensorsOf(feeds: Readonly<Record<string, Float32Array>>): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(INPUTS).map(([name, { shape }]) => [name, tf.tensor(feeds[name]!, [...shape])]),
  );
}

function parts(feeds: Readonly<Record<string, Float32Array>>, config = CONFIG) {
  const tensors = tensorsOf(feeds);
  const batch = Object.fromEntries(
    ["observation", "previousAction", "reward", "isFirst", "isTerminal"].map((name) => [
      name,
      tensors[`batch/${name}`],
    ]),
  ) as unknown as Parameters<typeof transitionsOf>[0];
  const noise = {
    action: tensors["noise/action"] as tf.Tensor2D,
    nextAction: tensors["noise/nextAction"] as tf.Tensor2D,
  };
  const state = toSacState(SPEC, tensors);
  return { state, noise, transitions: transitionsOf(batch, SPEC.frames, config.replay.batch) };
}

const update = (feeds: Readonly<Record<string, Float32Array>>, config = CONFIG) => {
  const { state, noise, transitions } = parts(feeds, config);
  return updateSac(state, transitions, noise, SPEC, config.sac);
};

describe("an update of Soft Actor-Critic", () => {
  beforeAll(() => useEager());

  test("has the gradients that small differences of its losses give", () => {
    const feeds = randomFeeds(new Random(3, "sac update"));
    const { state, transitions, noise } = parts(feeds);
    const alpha = tf.exp(state.weights[LOG_TEMPERATURE]!) as tf.Scalar;
    const ahead = draw(actor(state.weights, SPEC, CONFIG.sac, transitions.next), noise.nextAction);
    const later = criticValues(state.targets, SPEC, transitions.next, ahead.action);
    const target = softTarget(transitions.reward, transitions.terminal, later, ahead.logProbability, alpha, 0.97);
    const losses = {
      critics: (weights: Record<string, tf.Tensor>) =>
        criticLoss(criticValues(weights, SPEC, transitions.state, transitions.action), target, transitions.counts),
      actor: (weights: Record<string, tf.Tensor>) => {
        const drawn = draw(actor(weights, SPEC, CONFIG.sac, transitions.state), noise.action);
        return actorLoss(criticValues(weights, SPEC, transitions.state, drawn.action), drawn.logProbability, alpha);
      },
    };
    const { gradients } = update(feeds);
    const groups = sacWeights(SPEC);
    const random = new Random(4, "directions");
    for (const group of ["critics", "actor"] as const) {
      for (const { name, shape } of groups[group]) {
        // Along a random direction of this weight; a whole kernel at once.
        const length = shape.reduce((a, b) => a * b, 1);
        const direction = tf.tensor(
          Float32Array.from({ length }, () => random.normal() / Math.sqrt(length)),
          [...shape],
        );
        const at = (by: number) =>
          tf.tidy(() => {
            const moved = tf.add(state.weights[name]!, tf.mul(direction, by));
            return losses[group]({ ...state.weights, [name]: moved }).dataSync()[0]!;
          });
        const h = 4e-3; // float32, and ReLU has corners: neither smaller nor larger
        const slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
        const found = tf.sum(tf.mul(gradients[name]!, direction)).dataSync()[0]!;
        expect(Math.abs(found - slope), `${name}: ${found} against ${slope}`).toBeLessThan(
          2e-2 * (0.05 + Math.abs(slope)),
        );
      }
    }
    expect(Object.keys(gradients).sort()).toEqual(
      Object.values(groups)
        .flat()
        .map(({ name }) => name)
        .sort(),
    );
  });

  test("has the same numbers compiled as eager, everywhere", async () => {
    const feeds = randomFeeds(new Random(5, "sac compiled"));
    const program = await compile(INPUTS, updateProgram(SPEC, CONFIG));
    const compiled = await program.run(feeds);
    await program.close();
    tf.tidy(() => {
      const eager = updateProgram(SPEC, CONFIG)(tensorsOf(feeds));
      expect(Object.keys(compiled).sort()).toEqual(Object.keys(eager).sort());
      for (const [name, tensor] of Object.entries(eager)) {
        const expected = tensor.dataSync();
        const size = Math.max(1e-3, ...expected.map(Math.abs));
        const worst = Math.max(...expected.map((x, i) => Math.abs(x - compiled[name]![i]!)));
        expect(worst / size, name).toBeLessThan(1e-3);
      }
    });
  });

  test("moves the temperature towards the entropy that is asked for", () => {
    const feeds = randomFeeds(new Random(6, "sac temperature"));
    for (const name of Object.keys(feeds)) if (name.startsWith("optimiser/")) feeds[name]!.fill(0);
    const change = (targetEntropy: number) => {
      const { state } = update(feeds, { ...CONFIG, sac: { ...CONFIG.sac, targetEntropy } });
      return state.weights[LOG_TEMPERATURE]!.dataSync()[0]! - feeds[LOG_TEMPERATURE]![0]!;
    };
    // Adam's first step is the learning rate.
    expect(change(50)).toBeCloseTo(CONFIG.sac.adam.lr, 6);
    expect(change(-50)).toBeCloseTo(-CONFIG.sac.adam.lr, 6);
  });

  test("steps against the gradients, and its targets follow the weights after the step", () => {
    const feeds = randomFeeds(new Random(10, "sac step"));
    for (const name of Object.keys(feeds)) if (name.startsWith("optimiser/")) feeds[name]!.fill(0);
    const sac = { ...CONFIG.sac, tau: 0.25 };
    const { state, gradients } = update(feeds, { ...CONFIG, sac });
    for (const [name, gradient] of Object.entries(gradients)) {
      const moved = state.weights[name]!.dataSync();
      gradient.dataSync().forEach((slope, i) => {
        if (Math.abs(slope) < 1e-4) return; // Adam's first step is the learning rate, whatever the slope
        expect(moved[i]! - feeds[name]![i]!).toBeCloseTo(-Math.sign(slope) * sac.adam.lr, 5);
      });
      state.targets[name]?.dataSync().forEach((found, i) => {
        expect(found).toBeCloseTo(0.75 * feeds[`target/${name}`]![i]! + 0.25 * moved[i]!, 6);
      });
    }
    expect(Object.keys(state.targets)).toHaveLength(sacWeights(SPEC).critics.length);
    expect(state.steps.dataSync()[0]).toBe(1);
  });

  test("learns for scaled rewards", () => {
    const feeds = randomFeeds(new Random(11, "sac reward scale"));
    const scaled = { ...CONFIG, sac: { ...CONFIG.sac, rewardScale: 3 } };
    const threefold = { ...feeds, "batch/reward": feeds["batch/reward"]!.map((x) => 3 * x) };
    const targets = (...args: Parameters<typeof update>) => update(...args).metrics.targetMean!.dataSync()[0]!;
    expect(targets(feeds, scaled)).toBeCloseTo(targets(threefold), 4);
    expect(targets(feeds, scaled)).not.toBeCloseTo(targets(feeds), 2);
  });

  test("lets no transition across a break count, nor anything after an end", () => {
    const feeds = randomFeeds(new Random(7, "sac breaks"));
    const { batch, length } = CONFIG.replay;
    feeds["batch/isFirst"]!.fill(0, batch);
    feeds["batch/isTerminal"]!.fill(0);
    const at = 3 * batch + 1; // stream 1 arrives there at t = 3
    feeds["batch/isFirst"]![at] = 1;
    const base = update(feeds).metrics.criticLoss!.dataSync()[0]!;
    const changed = { ...feeds, "batch/reward": feeds["batch/reward"]!.with(at, 1000) };
    expect(update(changed).metrics.criticLoss!.dataSync()[0]).toBeCloseTo(base, 4);
    // An end: what is seen on arriving no longer matters for the critics.
    const last = (length - 1) * batch + 2;
    const ended = { ...feeds, "batch/isTerminal": feeds["batch/isTerminal"]!.with(last, 1) };
    const elsewhere = { ...ended, "batch/observation": feeds["batch/observation"]!.with(4 * last, 50) };
    const loss = (x: typeof feeds) => update(x).metrics.criticLoss!.dataSync()[0]!;
    expect(loss(elsewhere)).toBeCloseTo(loss(ended), 4);
    expect(
      Math.abs(loss({ ...elsewhere, "batch/isTerminal": feeds["batch/isTerminal"]! }) - loss(ended)),
    ).toBeGreaterThan(1e-2);
  });
});
