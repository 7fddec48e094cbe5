import { policyGraph } from "../../../learner/agent/policy-graph.ts";
import { agentSpec } from "../../../learner/agent/spec.ts";
import { initialState } from "../../../learner/agent/state.ts";
import { LEARNER_DEFAULTS } from "../../../learner/config.ts";
import { Publisher } from "../../../learner/train/publish.ts";
import type { StepSchema } from "../../step.ts";
import { newestBundle } from "../../wire/bundle.ts";
import { encodeSafetensors } from "../../wire/safetensors.ts";

/** Writes a policy that has learned nothing, of the default size, as a bundle in `directory`. Returns where it lies. */
export async function writeFreshPolicy(schema: StepSchema, directory: string): Promise<string> {
  const graph = await policyGraph(schema, LEARNER_DEFAULTS);
  const state = initialState(agentSpec(schema, LEARNER_DEFAULTS), 0);
  const weights = Object.fromEntries(graph.weights.map(({ name, shape }) => [name, { shape, data: state[name]! }]));
  const publisher = new Publisher({
    directory,
    settings: LEARNER_DEFAULTS.train,
    lockstep: false,
    nowMs: () => 0,
    report: (line) => {
      throw new Error(`bench loop: ${line}`);
    },
  });
  publisher.make(schema, graph, encodeSafetensors(weights), { steps: 0, updates: 0, skipped: 0, forgiven: 0 });
  publisher.store();
  return newestBundle(directory, () => {})!.path;
}
