import { Builder, type Value } from "../../../learner/compile/graph.ts";
import { encodeOnnx } from "../../../learner/compile/onnx.ts";
import { type StepSchema, schemaHash } from "../../../runtime/step.ts";
import { openBundle, type PolicyBundle, sha256 } from "../../../runtime/wire/bundle.ts";
import { MANIFEST_FORMAT, type PolicyManifest } from "../../../runtime/wire/manifest.ts";
import { encodeSafetensors } from "../../../runtime/wire/safetensors.ts";

export const schema: StepSchema = {
  robot: "arm",
  task: "reach",
  observation: [{ name: "angle", dtype: "float32", shape: [2], units: ["rad", "rad"] }],
  action: ["a", "b"],
  joints: ["a", "b"],
  policyRateHz: 20,
  rewardOffset: 0,
  canTerminate: false,
};

export interface Parts {
  readonly manifest: PolicyManifest;
  readonly graph: Uint8Array;
  readonly weights: Uint8Array;
}

/** action = gain·observation + scale·actionNoise; deter counts the steps since the belief began, stoch is the noise. */
export function policyParts(policyVersion: number, gain: number, scale = 0, of: StepSchema = schema): Parts {
  const actions = of.action.length;
  const builder = new Builder();
  const float = (shape: readonly number[]) => ({ shape, dtype: "float32" as const });
  const input = (name: string, shape: readonly number[]): Value => builder.input(name, float(shape));
  const observation = input("observation", [1, actions]);
  const previousAction = input("previousAction", [1, actions]);
  const isFirst = input("isFirst", [1, 1]);
  const deter = input("deter", [1, 1]);
  const stoch = input("stoch", [1, 1]);
  const posteriorNoise = input("posteriorNoise", [1, 1]);
  const actionNoise = input("actionNoise", [1, actions]);
  const gains = input("gain", [1, actions]);
  const scales = input("scale", [1, 1]);
  const op = (name: string, a: Value, b: Value, shape: readonly number[]) => builder.op(name, [a, b], shape);
  const one = builder.filled(1, [1, 1]);
  const keep = op("Sub", one, isFirst, [1, 1]);
  const count = op("Add", op("Mul", deter, keep, [1, 1]), one, [1, 1]);
  const graph = encodeOnnx({
    builder,
    inputs: [observation, previousAction, isFirst, deter, stoch, posteriorNoise, actionNoise, gains, scales],
    outputs: {
      action: op("Add", op("Mul", observation, gains, [1, actions]), op("Mul", actionNoise, scales, [1, actions]), [
        1,
        actions,
      ]),
      nextDeter: count,
      nextStoch: op("Mul", posteriorNoise, one, [1, 1]),
      value: op("Add", count, one, [1, 1]),
      surprise: op("Mul", count, one, [1, 1]),
    },
  });
  const weights = encodeSafetensors({
    gain: { shape: [1, actions], data: new Float32Array(actions).fill(gain) },
    scale: { shape: [1, 1], data: Float32Array.of(scale) },
  });
  const manifest: PolicyManifest = {
    formatVersion: MANIFEST_FORMAT,
    policyVersion,
    learnerUpdates: 10 * policyVersion,
    transitions: 100 * policyVersion,
    schema: of,
    schemaHash: schemaHash(of),
    graphHash: sha256(graph),
    weightsHash: sha256(weights),
    weights: [
      { name: "gain", shape: [1, actions] },
      { name: "scale", shape: [1, 1] },
    ],
    deter: 1,
    stochGroups: 1,
    stochClasses: 1,
  };
  return { manifest, graph, weights };
}

export function bundleOf({ manifest, graph, weights }: Parts): PolicyBundle {
  return openBundle(manifest, graph, weights);
}

/** action = `action` + scale·actionNoise, whatever it sees. */
export function steadyParts(policyVersion: number, of: StepSchema, action: readonly number[], scale: number): Parts {
  const builder = new Builder();
  const size = [1, action.length];
  const input = (name: string, shape: readonly number[]): Value => builder.input(name, { shape, dtype: "float32" });
  const actionNoise = input("actionNoise", size);
  const deter = input("deter", [1, 1]);
  const steady = input("steady", size);
  const scales = input("scale", [1, 1]);
  const op = (name: string, a: Value, b: Value, shape: readonly number[]) => builder.op(name, [a, b], shape);
  const one = builder.filled(1, [1, 1]);
  const count = op("Add", deter, one, [1, 1]);
  const graph = encodeOnnx({
    builder,
    inputs: [actionNoise, deter, steady, scales],
    outputs: {
      action: op("Add", op("Mul", actionNoise, scales, size), steady, size),
      nextDeter: count,
      nextStoch: op("Mul", count, one, [1, 1]),
      value: op("Add", count, one, [1, 1]),
      surprise: op("Sub", count, one, [1, 1]),
    },
  });
  const weights = encodeSafetensors({
    steady: { shape: size, data: Float32Array.from(action) },
    scale: { shape: [1, 1], data: Float32Array.of(scale) },
  });
  const { manifest } = policyParts(policyVersion, 0, 0, of);
  return {
    manifest: {
      ...manifest,
      graphHash: sha256(graph),
      weightsHash: sha256(weights),
      weights: [
        { name: "steady", shape: size },
        { name: "scale", shape: [1, 1] },
      ],
    },
    graph,
    weights,
  };
}
