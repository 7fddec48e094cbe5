import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import { agentSpec, stochSize } from "../../../learner/agent/spec.ts";
import { initialState, stateSpecs } from "../../../learner/agent/state.ts";
import { compile } from "../../../learner/compile/program.ts";
import { LEARNER_DEFAULTS, type LearnerConfig } from "../../../learner/config.ts";
import { useEager } from "../../../learner/nn/eager.ts";
import { createProbe, probeFeeds } from "../../../learner/report/dreamer-probe.ts";
import { probeInputs, probeProgram } from "../../../learner/report/dreamer-program.ts";
import { probeLength } from "../../../learner/report/probe.ts";
import type { Arrays } from "../../../learner/train/trainer.ts";
import { Random } from "../../../runtime/random.ts";
import type { StepSchema } from "../../../runtime/step.ts";

const SCHEMA: StepSchema = {
  robot: "test",
  task: "test",
  observation: [{ name: "body", dtype: "float32", shape: [3], units: ["1", "1", "1"] }],
  action: ["a", "b"],
  joints: ["a", "b"],
  policyRateHz: 20,
  rewardOffset: 0,
  canTerminate: false,
};
const REPORT = { ...LEARNER_DEFAULTS.report, batch: 3, context: 4, openLoop: [1, 2, 5], valueSteps: 7 };
const CONFIG: LearnerConfig = { ...LEARNER_DEFAULTS, preset: "robot-tiny", report: REPORT };

function anyBatch(random: Random) {
  const rows = REPORT.batch * probeLength(REPORT);
  const normal = (length: number) => Float32Array.from({ length }, () => random.normal());
  const rare = () => Float32Array.from({ length: rows }, () => Number(random.uniform() < 0.2));
  return {
    observation: normal(3 * rows),
    previousAction: normal(2 * rows),
    reward: normal(rows),
    isFirst: rare(),
    isTerminal: rare(),
  };
}

const arrays = (state: Record<string, Float32Array>, specs: ReturnType<typeof stateSpecs>): Arrays =>
  Object.fromEntries(specs.map(({ name, shape }) => [name, { shape, data: state[name]! }]));

beforeAll(() => useEager());

test.each([false, true])("the program has the same numbers compiled as eager (canTerminate: %s)", async (ends) => {
  const spec = {
    ...agentSpec({ ...SCHEMA, canTerminate: ends }, CONFIG),
    deter: 12,
    units: 10,
    groups: 3,
    classes: 4,
  };
  const random = new Random(3, "probe");
  const state = initialState(spec, 1);
  for (const data of Object.values(state)) data.set(data.map((x) => x + 0.05 * random.normal()));
  const feeds = probeFeeds(spec, CONFIG, arrays(state, stateSpecs(spec)), anyBatch(random), random);
  const inputs = probeInputs(spec, CONFIG);
  expect(Object.keys(feeds).sort()).toEqual(Object.keys(inputs).sort());
  const program = await compile(inputs, probeProgram(spec, CONFIG));
  const compiled = await program.run(feeds);
  await program.close();
  tf.tidy(() => {
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([name, { shape }]) => [name, tf.tensor(feeds[name]!, [...shape])]),
    );
    const eager = probeProgram(spec, CONFIG)(tensors);
    expect(Object.keys(compiled).sort()).toEqual(Object.keys(eager).sort());
    for (const [name, tensor] of Object.entries(eager)) {
      tensor.dataSync().forEach((x, i) => void expect(compiled[name]![i], `${name}[${i}]`).toBeCloseTo(x, 4));
    }
  });
});

/** All weights 0 but a few by hand. The latent's first class of every group is certain; the recurrent state stays 0. */
function handMade() {
  const spec = agentSpec(SCHEMA, CONFIG);
  const state = arrays(initialState(spec, 1), stateSpecs(spec));
  for (const { data } of Object.values(state)) data.fill(0);
  const set = (name: string, place: number, value: number) => {
    state[name]!.data[place] = value;
  };
  return { spec, state, set };
}

test("a world model that expects the same everywhere says that, in the sensors' units", async () => {
  const { state, set } = handMade();
  set("decoder/out/bias", 0, Math.log(3)); // symexp: 2
  set("decoder/out/bias", 2, -Math.log(11)); // −10
  set("reward/out/bias", 33, 200); // the bin of (33 / 62) · 40 − 20
  set("critic/out/bias", 31, 200); // the bin of 0
  state["actor/mean/bias"]!.data.fill(Math.atanh(0.5));
  state["actor/std/bias"]!.data.fill(-200); // σ = minStd
  const probe = await createProbe(SCHEMA, CONFIG);
  const { openLoop, value, metrics } = await probe.predict(state, anyBatch(new Random(1)), new Random(2));
  await probe.close();
  expect(openLoop!.observation).toHaveLength(3 * 3 * 3);
  openLoop!.observation.forEach((x, i) => void expect(x).toBeCloseTo([2, 0, -10][i % 3]!, 4));
  openLoop!.reward.forEach((x) => void expect(x).toBeCloseTo(Math.expm1((33 / 62) * 40 - 20), 4));
  for (const x of [...value!.start, ...value!.end]) expect(x).toBeCloseTo(0, 4);
  expect(value!.gamma).toBe(CONFIG.agent.gamma);
  expect(metrics!["policy/entropy"]).toBeCloseTo(0, 4);
  expect(metrics!["policy/mode"]).toBeCloseTo(0.5, 4);
});

test("what is expected follows from the actions after the context, not from what is observed there", async () => {
  const spec = agentSpec(SCHEMA, CONFIG);
  const state = arrays(initialState(spec, 4), stateSpecs(spec));
  expect(state["rssm/input/kernel"]!.shape[0]).toBe(stochSize(spec) + 2);
  const probe = await createProbe(SCHEMA, CONFIG);
  const base = anyBatch(new Random(1));
  const predict = async (change: Partial<typeof base>) =>
    (await probe.predict(state, { ...base, ...change }, new Random(2))).openLoop!.observation;
  const changed = (array: Float32Array, width: number, t: number) => {
    const copy = array.slice();
    copy.fill(0.77, t * REPORT.batch * width, (t + 1) * REPORT.batch * width);
    return copy;
  };
  const before = await predict({});
  const blocks = (now: Float32Array) =>
    [0, 1, 2].map((s) => now.subarray(s * 9, s * 9 + 9).some((x, i) => x !== before[s * 9 + i]));
  expect(blocks(await predict({ observation: changed(base.observation, 3, 4) }))).toEqual([false, false, false]);
  expect(blocks(await predict({ observation: changed(base.observation, 3, 3) }))).toEqual([true, true, true]);
  expect(blocks(await predict({ previousAction: changed(base.previousAction, 2, 4) }))).toEqual([true, true, true]);
  expect(blocks(await predict({ previousAction: changed(base.previousAction, 2, 5) }))).toEqual([false, true, true]);
  expect(blocks(await predict({ previousAction: changed(base.previousAction, 2, 8) }))).toEqual([false, false, true]);
  expect(blocks(await predict({ previousAction: changed(base.previousAction, 2, 9) }))).toEqual([false, false, false]);
  await probe.close();
});
