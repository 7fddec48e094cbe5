import { expect, test } from "vitest";
import { policyGraph } from "../../../learner/agent/policy-graph.ts";
import { createTrainer } from "../../../learner/agent/trainer.ts";
import { LEARNER_DEFAULTS, type LearnerConfig } from "../../../learner/config.ts";
import { ReplayStore } from "../../../learner/replay/store.ts";
import { createProbe } from "../../../learner/report/dreamer-probe.ts";
import type { Probe } from "../../../learner/report/probe.ts";
import { report } from "../../../learner/report/report.ts";
import type { Batch } from "../../../learner/train/trainer.ts";
import { type Agent, type Training, trainHere } from "../../../learner/train/training.ts";
import { Random } from "../../../runtime/random.ts";
import type { StepSchema } from "../../../runtime/step.ts";
import { fakeAgent } from "../train/fake-agent.ts";

/** A point that goes around a circle, a step of ±0.7 rad a turn as it is told; it earns its height. */
const SCHEMA: StepSchema = {
  robot: "point",
  task: "circle",
  observation: [{ name: "place", dtype: "float32", shape: [2], units: ["m", "m"] }],
  action: ["turn"],
  joints: ["turn"],
  policyRateHz: 20,
  rewardOffset: 0,
  canTerminate: false,
};
const DREAMER: Agent = { createTrainer, policyGraph, createProbe };
const CONFIG: LearnerConfig = {
  ...LEARNER_DEFAULTS,
  preset: "robot-tiny",
  agent: { ...LEARNER_DEFAULTS.agent, imagineLast: 1, horizon: 3, model: { lr: 2e-3, eps: 1e-8, clip: 1000 } },
  replay: { ...LEARNER_DEFAULTS.replay, batch: 8, length: 10 },
  report: { ...LEARNER_DEFAULTS.report, batch: 8, context: 6, openLoop: [1, 5], valueSteps: 20 },
};

function feed(training: Training, steps: number): Promise<void> {
  const random = new Random(3, "circle");
  let added: Promise<void> = Promise.resolve();
  const store = new ReplayStore({ observation: 2, action: 1 }, 2000, (ring) => {
    added = training.addRing(ring);
  });
  let [angle, turn] = [0, 1];
  for (let i = 0; i < steps; i++) {
    if (random.uniform() < 0.2) turn = -turn;
    angle += 0.7 * turn;
    store.append("a", {
      observation: Float32Array.of(Math.cos(angle), Math.sin(angle)),
      action: Float32Array.of(turn),
      reward: Math.sin(angle),
      isFirst: i === 0,
      isTerminal: false,
    });
  }
  return added;
}

async function begin(agent: Agent, config = CONFIG): Promise<Training> {
  const training = trainHere(agent);
  await training.begin({ schema: SCHEMA, config, seed: 5 });
  return training;
}

const timeless = ({ reportMs, ...rest }: Readonly<Record<string, number>>) => rest;

test("learning is the same with reports and without, and a report the same in a run that was stopped before it", async () => {
  const [without, reporting, resumed] = [await begin(DREAMER), await begin(DREAMER), await begin(DREAMER)];
  for (const training of [without, reporting, resumed]) await feed(training, 500);
  for (let i = 0; i < 2; i++) await without.update();
  const middle = await without.state();
  for (let i = 0; i < 2; i++) await without.update();
  for (let i = 1; i <= 4; i++) {
    await reporting.update();
    expect(Object.keys((await reporting.report(i))!)).toContain("openLoop/5/place");
  }
  await resumed.load(middle);
  for (let i = 0; i < 2; i++) await resumed.update();

  const states = await Promise.all([without, reporting, resumed].map((training) => training.state()));
  for (const { arrays, sampler } of states) {
    expect(Buffer.compare(arrays, states[0]!.arrays)).toBe(0);
    expect(sampler).toEqual(states[0]!.sampler);
  }
  const four = timeless((await reporting.report(4))!);
  expect(timeless((await resumed.report(4))!)).toEqual(four);
  expect(timeless((await without.report(4))!)).toEqual(four);
  expect(timeless((await reporting.report(5))!)).not.toEqual(four);
  for (const training of [without, reporting, resumed]) await training.close();
}, 60_000);

test("a world model that has learned beats the guess that nothing changes", async () => {
  const training = await begin(DREAMER);
  await feed(training, 1500);
  const before = (await training.report(0))!;
  for (let i = 0; i < 150; i++) await training.update();
  const after = (await training.report(150))!;
  await training.close();
  expect(before["openLoop/1/place"]!).toBeGreaterThan(0.4);
  for (const ahead of [1, 5]) {
    expect(after[`openLoop/${ahead}/place`]!).toBeLessThan(0.6 * after[`still/${ahead}/place`]!);
    expect(after[`openLoopReward/${ahead}`]!).toBeLessThan(0.6 * after[`stillReward/${ahead}`]!);
  }
}, 60_000);

const knowsEntropy: Probe = { predict: async () => ({ metrics: { "policy/entropy": 0.5 } }), close: async () => {} };

test("an agent may have a probe that knows a part only; there is no report while no stream is long enough", async () => {
  const agent = { ...fakeAgent(), createProbe: async () => knowsEntropy };
  for (const [steps, expected] of [
    [25, undefined],
    [26, { "policy/entropy": 0.5 }],
  ] as const) {
    const training = await begin(agent);
    await feed(training, steps);
    const metrics = await training.report(1);
    expect(metrics && timeless(metrics)).toEqual(expected);
    await training.close();
  }
});

test("an agent without a probe has no reports", async () => {
  const training = await begin(fakeAgent());
  await feed(training, 500);
  expect(await training.report(1)).toBeUndefined();
  await training.close();
});

test("a report with a number that is not finite is none", async () => {
  const probe: Probe = { predict: async () => ({ metrics: { odd: Number.NaN } }), close: async () => {} };
  const rings: Parameters<typeof report>[2][number][] = [];
  await feed({ addRing: async (ring: (typeof rings)[number]) => void rings.push(ring) } as unknown as Training, 500);
  const settings = { schema: SCHEMA, config: CONFIG, seed: 0 };
  await expect(report(probe, {}, rings, settings, 1)).rejects.toThrow("report: expected odd finite, found NaN");
});

test("the mean reward of the replayed steps stands beside what the agent says of itself", async () => {
  let mean = Number.NaN;
  const onBatch = ({ reward }: Batch) => {
    mean = reward.reduce((sum, each) => sum + each, 0) / 80;
  };
  const training = await begin(fakeAgent({ onBatch }));
  await feed(training, 500);
  const { metrics } = (await training.update())!;
  expect(metrics).toEqual({ loss: expect.any(Number), replayReward: mean });
  expect(mean).not.toBe(0);
  await training.close();
});
