import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { agentSpec } from "../../../learner/agent/spec.ts";
import { initialState } from "../../../learner/agent/state.ts";
import { updateInputs, updateProgram } from "../../../learner/agent/update-program.ts";
import { compile } from "../../../learner/compile/program.ts";
import { LEARNER_DEFAULTS, type LearnerConfig } from "../../../learner/config.ts";
import { useEager } from "../../../learner/nn/eager.ts";
import { Random } from "../../../runtime/random.ts";
import type { StepSchema } from "../../../runtime/step.ts";

const units = (n: number): string[] => new Array(n).fill("1");
const SCHEMA: StepSchema = {
  robot: "test",
  task: "test",
  observation: [{ name: "body", dtype: "float32", shape: [6], units: units(6) }],
  action: ["a", "b", "c"],
  joints: ["a", "b", "c"],
  policyRateHz: 20,
  rewardOffset: 0,
  canTerminate: false,
};

const CONFIG: LearnerConfig = {
  ...LEARNER_DEFAULTS,
  preset: "robot-tiny",
  replay: { ...LEARNER_DEFAULTS.replay, batch: 5, length: 9 },
};

const CASES: Readonly<Record<string, { schema: StepSchema; config: LearnerConfig }>> = {
  "as by default": { schema: SCHEMA, config: CONFIG },
  "with REINFORCE, from every step": {
    schema: SCHEMA,
    config: { ...CONFIG, agent: { ...CONFIG.agent, actor: "reinforce", imagineLast: 0 } },
  },
  "for a task that can end": { schema: { ...SCHEMA, canTerminate: true }, config: CONFIG },
};

describe.each(Object.entries(CASES))("one update %s", (_, { schema, config }) => {
  beforeAll(() => useEager());

  test("has the same numbers compiled as eager, everywhere", async () => {
    const spec = { ...agentSpec(schema, config), deter: 24, units: 20, groups: 4, classes: 5 };
    const random = new Random(5, "compiled update");
    const inputs = updateInputs(spec, config);
    const fresh = initialState(spec, 2);
    const feeds: Record<string, Float32Array> = {};
    for (const [name, { shape }] of Object.entries(inputs)) {
      const length = shape.reduce((a, b) => a * b, 1);
      const draw = (): number => {
        if (name.startsWith("batch/is")) return Number(random.uniform() < 0.1);
        if (name.startsWith("noise/") && !name.endsWith("Action")) return random.uniform();
        return name.startsWith("optimiser/v") ? 1e-4 * random.uniform() : random.normal();
      };
      const scale = name.startsWith("optimiser/m") ? 0.01 : 1;
      feeds[name] =
        fresh[name]?.some((x) => x !== 0) || /state|steps/.test(name)
          ? fresh[name]!.map((x) => x + (/state|steps/.test(name) ? 0 : 0.05 * random.normal()))
          : Float32Array.from({ length }, () => scale * draw());
    }
    const program = await compile(inputs, updateProgram(spec, config));
    const compiled = await program.run(feeds);
    await program.close();
    tf.tidy(() => {
      const tensors = Object.fromEntries(
        Object.entries(inputs).map(([name, { shape }]) => [name, tf.tensor(feeds[name]!, [...shape])]),
      );
      const eager = updateProgram(spec, config)(tensors);
      expect(Object.keys(compiled).sort()).toEqual(Object.keys(eager).sort());
      for (const [name, tensor] of Object.entries(eager)) {
        const expected = tensor.dataSync();
        const size = Math.max(1e-3, ...expected.map(Math.abs));
        const worst = Math.max(...expected.map((x, i) => Math.abs(x - compiled[name]![i]!)));
        expect(worst / size, name).toBeLessThan(1e-3);
      }
    });
  }, 30_000);
});
