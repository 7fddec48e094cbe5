import * as tf from "@tensorflow/tfjs-core";
import type * as onnx from "onnxruntime-node";
import { beforeAll, describe, expect, test } from "vitest";
import { exportPolicy } from "../../../learner/agent/export.ts";
import { policyGraph } from "../../../learner/agent/policy-graph.ts";
import { agentSpec } from "../../../learner/agent/spec.ts";
import { initialState } from "../../../learner/agent/state.ts";
import { agentWeights } from "../../../learner/agent/weights.ts";
import { worldModelLoss } from "../../../learner/agent/world-model.ts";
import { LEARNER_DEFAULTS } from "../../../learner/config.ts";
import { useEager } from "../../../learner/nn/eager.ts";
import { loadOnnxruntime } from "../../../runtime/policy/onnxruntime.ts";
import { Random } from "../../../runtime/random.ts";
import type { StepSchema } from "../../../runtime/step.ts";

const { InferenceSession, Tensor } = await loadOnnxruntime();
const SCHEMA: StepSchema = {
  robot: "test",
  task: "test",
  observation: [{ name: "body", dtype: "float32", shape: [5], units: ["1", "1", "1", "1", "1"] }],
  action: ["a", "b", "c"],
  joints: ["a", "b", "c"],
  policyRateHz: 20,
  rewardOffset: 0,
  canTerminate: false,
};
const CONFIG = { ...LEARNER_DEFAULTS, preset: "robot-tiny" };
const STEPS = 7;
const FIRST = [0, 4];

const spec = agentSpec(SCHEMA, CONFIG);
const random = new Random(3, "policy graph");
const normal = (length: number): Float32Array => Float32Array.from({ length }, () => random.normal());
const weights = Object.fromEntries(
  // Moved away from their start, so that scales, offsets and zero heads count.
  Object.entries(initialState(spec, 1)).map(([name, data]) => [name, data.map((x) => x + 0.1 * random.normal())]),
);
const all = Object.values(agentWeights(spec)).flat();
const observation = normal(STEPS * 5).map((x) => 3 * x);
const previousAction = normal(STEPS * 3);
const uniform = Float32Array.from({ length: STEPS * spec.groups }, () => random.uniform());

const row = (data: Float32Array, t: number, width: number): Float32Array => data.slice(t * width, (t + 1) * width);

/** Deter and KL of every step, as the world model has them in training. */
function observed(): { deter: Float32Array; surprise: number[] } {
  const tensors = Object.fromEntries(all.map(({ name, shape }) => [name, tf.tensor(weights[name]!, [...shape])]));
  const isFirst = Float32Array.from({ length: STEPS }, (_, t) => Number(FIRST.includes(t)));
  const { latent, posterior, prior } = worldModelLoss(
    tensors,
    spec,
    CONFIG.agent,
    {
      observation: tf.tensor2d(observation, [STEPS, 5]),
      previousAction: tf.tensor2d(previousAction, [STEPS, 3]),
      reward: tf.zeros([STEPS]),
      isFirst: tf.tensor1d(isFirst),
      isTerminal: tf.zeros([STEPS]),
      posteriorNoise: tf.tensor2d(uniform, [STEPS, spec.groups]),
    },
    1,
  );
  const terms = tf.mul(posterior, tf.sub(tf.log(posterior), tf.log(prior)));
  const kl = tf.sum(tf.reshape(terms, [STEPS, -1]), 1);
  return { deter: latent.deter.dataSync() as Float32Array, surprise: [...kl.dataSync()] };
}

async function acted(
  session: onnx.InferenceSession,
  fed: Readonly<Record<string, onnx.Tensor>>,
): Promise<{ deter: Float32Array[]; surprise: number[]; action: Float32Array[] }> {
  let deter = normal(spec.deter);
  let stoch = normal(spec.groups * spec.classes);
  const found = { deter: [] as Float32Array[], surprise: [] as number[], action: [] as Float32Array[] };
  const float = (data: Float32Array): onnx.Tensor => new Tensor("float32", data, [1, data.length]);
  for (let t = 0; t < STEPS; t++) {
    const out = await session.run({
      ...fed,
      observation: float(row(observation, t, 5)),
      previousAction: float(row(previousAction, t, 3)),
      isFirst: float(Float32Array.of(Number(FIRST.includes(t)))),
      deter: float(deter),
      stoch: float(stoch),
      posteriorNoise: float(row(uniform, t, spec.groups)),
      actionNoise: float(new Float32Array(3)),
    });
    deter = out.nextDeter!.data as Float32Array;
    stoch = out.nextStoch!.data as Float32Array;
    found.deter.push(deter);
    found.surprise.push((out.surprise!.data as Float32Array)[0]!);
    found.action.push(out.action!.data as Float32Array);
  }
  return found;
}

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  for (let i = 0; i < expected.length; i++) expect(Math.abs(found[i]! - expected[i]!)).toBeLessThan(2e-4);
}

describe("the policy a robot runs", () => {
  beforeAll(() => useEager());

  test("believes, step by step, what the world model believes of the whole sequence", async () => {
    const graph = await policyGraph(SCHEMA, CONFIG);
    const session = await InferenceSession.create(graph.bytes);
    const fed = Object.fromEntries(
      graph.weights.map(({ name, shape }) => [name, new Tensor("float32", weights[name]!, [...shape])]),
    );
    const { deter, surprise } = observed();
    const found = await acted(session, fed);
    for (let t = 0; t < STEPS; t++) {
      expectClose(found.deter[t]!, row(deter, t, spec.deter));
      expect(found.surprise[t]!).toBeCloseTo(surprise[t]!, 2);
    }
  });

  test("is the same bytes each time it is traced", async () => {
    const [one, two] = [await policyGraph(SCHEMA, CONFIG), await policyGraph(SCHEMA, CONFIG)];
    expect(one.hash).toBe(two.hash);
  });

  test("as one file with its weights inside acts the same", async () => {
    const graph = await policyGraph(SCHEMA, CONFIG);
    const arrays = Object.fromEntries(graph.weights.map(({ name, shape }) => [name, { shape, data: weights[name]! }]));
    const fed = Object.fromEntries(
      Object.entries(arrays).map(([name, { shape, data }]) => [name, new Tensor("float32", data, [...shape])]),
    );
    const alone = await acted(await InferenceSession.create(await exportPolicy(SCHEMA, CONFIG, arrays)), {});
    const together = await acted(await InferenceSession.create(graph.bytes), fed);
    alone.action.forEach((action, t) => {
      expectClose(action, together.action[t]!);
    });
    const { "actor/mean/bias": _, ...missing } = arrays;
    await expect(exportPolicy(SCHEMA, CONFIG, missing)).rejects.toThrow(
      /expected the weight "actor\/mean\/bias" of shape \[3\], found none/,
    );
  });
});
