import * as tf from "@tensorflow/tfjs-core";
import type * as onnx from "onnxruntime-node";
import { beforeAll, expect, test } from "vitest";
import { exportPolicy } from "../../../learner/agent/export.ts";
import { actor, criticValues } from "../../../learner/baseline/networks.ts";
import { policyGraph, tracePolicy } from "../../../learner/baseline/policy-graph.ts";
import { draw } from "../../../learner/baseline/squashed-gaussian.ts";
import { transitionsOf } from "../../../learner/baseline/transitions.ts";
import { useEager } from "../../../learner/nn/eager.ts";
import { loadOnnxruntime } from "../../../runtime/policy/onnxruntime.ts";
import { Random } from "../../../runtime/random.ts";
import { CONFIG, randomFeeds, SCHEMA, SPEC } from "./tiny.ts";

const { InferenceSession, Tensor } = await loadOnnxruntime();

const STEPS = 7;
const FIRST = [1, 0, 0, 0, 1, 0, 0];

const random = new Random(9, "sac policy");
const normal = (length: number): Float32Array => Float32Array.from({ length }, () => random.normal());
const weights = randomFeeds(random);
const observation = normal(STEPS * 4).map((x) => 3 * x);
const previousAction = normal(STEPS * 2);
const noise = normal(STEPS * 2);

interface Acted {
  readonly deter: Float32Array;
  readonly action: Float32Array;
  readonly value: number;
  readonly surprise: number;
  readonly stoch: Float32Array;
}

async function acted(session: onnx.InferenceSession, fed: Readonly<Record<string, onnx.Tensor>>): Promise<Acted[]> {
  const float = (data: Float32Array): onnx.Tensor => new Tensor("float32", data, [1, data.length]);
  const row = (data: Float32Array, t: number, width: number): onnx.Tensor =>
    float(data.slice(t * width, (t + 1) * width));
  let deter = normal(3 * 6);
  let stoch: Float32Array = new Float32Array(1);
  const found: Acted[] = [];
  for (let t = 0; t < STEPS; t++) {
    const out = await session.run({
      ...fed,
      observation: row(observation, t, 4),
      previousAction: row(previousAction, t, 2),
      isFirst: float(Float32Array.of(FIRST[t]!)),
      deter: float(deter),
      stoch: float(stoch),
      posteriorNoise: float(Float32Array.of(0.5)),
      actionNoise: row(noise, t, 2),
    });
    const data = (name: string): Float32Array => out[name]!.data as Float32Array;
    deter = data("nextDeter");
    stoch = data("nextStoch");
    found.push({ deter, stoch, action: data("action"), value: data("value")[0]!, surprise: data("surprise")[0]! });
  }
  return found;
}

/** The same by the networks as training calls them, over the whole sequence. */
function expected(): { state: number[][]; action: number[][]; value: number[] } {
  const { state } = transitionsOf(
    {
      observation: tf.tensor2d([...observation, 0, 0, 0, 0], [STEPS + 1, 4]),
      previousAction: tf.tensor2d([...previousAction, 0, 0], [STEPS + 1, 2]),
      reward: tf.zeros([STEPS + 1]),
      isFirst: tf.tensor1d([...FIRST, 0]),
      isTerminal: tf.zeros([STEPS + 1]),
    },
    3,
    1,
  );
  const tensors = Object.fromEntries(
    weightSpecs.map(({ name, shape }) => [name, tf.tensor(weights[name]!, [...shape])]),
  );
  const { action } = draw(actor(tensors, SPEC, CONFIG.sac, state), tf.tensor2d(noise, [STEPS, 2]));
  const [q1, q2] = criticValues(tensors, SPEC, state, action);
  const value = [...tf.minimum(q1, q2).dataSync()];
  return { state: state.arraySync(), action: action.arraySync(), value };
}

let graph: Awaited<ReturnType<typeof policyGraph>>;
let weightSpecs: typeof graph.weights;
beforeAll(async () => {
  await useEager();
  graph = await policyGraph(SCHEMA, CONFIG);
  weightSpecs = graph.weights;
});

const fed = () =>
  Object.fromEntries(weightSpecs.map(({ name, shape }) => [name, new Tensor("float32", weights[name]!, [...shape])]));

const expectClose = (found: ArrayLike<number>, numbers: ArrayLike<number>): void => {
  expect(found.length).toBe(numbers.length);
  for (let i = 0; i < numbers.length; i++) expect(found[i]).toBeCloseTo(numbers[i]!, 4);
};

test("a robot acts as the networks do in training, whatever was before a break", async () => {
  const found = await acted(await InferenceSession.create(graph.bytes), fed());
  const { state, action, value } = expected();
  found.forEach((step, t) => {
    expectClose(step.deter, state[t]!);
    expectClose(step.action, action[t]!);
    expect(step.value).toBeCloseTo(value[t]!, 3);
    expect([step.surprise, ...step.stoch]).toEqual([0, 0]);
    expect(Math.max(...step.action.map(Math.abs))).toBeLessThanOrEqual(1);
  });
  expect([graph.deter, graph.stochGroups, graph.stochClasses]).toEqual([18, 1, 1]);
});

test("the value is told in rewards as the task gives them", async () => {
  const scaled = await policyGraph(SCHEMA, { ...CONFIG, sac: { ...CONFIG.sac, rewardScale: 0.1 } });
  const [once] = await acted(await InferenceSession.create(graph.bytes), fed());
  const [tenfold] = await acted(await InferenceSession.create(scaled.bytes), fed());
  expect(tenfold!.value).toBeCloseTo(10 * once!.value, 3);
});

test("is the same bytes each time, and as one file with its weights inside acts the same", async () => {
  expect((await policyGraph(SCHEMA, CONFIG)).hash).toBe(graph.hash);
  const arrays = Object.fromEntries(weightSpecs.map(({ name, shape }) => [name, { shape, data: weights[name]! }]));
  const bytes = await exportPolicy(SCHEMA, CONFIG, arrays, {}, tracePolicy);
  const alone = await acted(await InferenceSession.create(bytes), {});
  const together = await acted(await InferenceSession.create(graph.bytes), fed());
  alone.forEach(({ action }, t) => {
    expectClose(action, together[t]!.action);
  });
});
