import type { InferenceSession, Tensor } from "onnxruntime-node";
import type { PolicyManifest } from "../wire/manifest.ts";
import type { FloatArrays } from "../wire/safetensors.ts";
import { loadOnnxruntime } from "./onnxruntime.ts";

export interface GraphInput {
  readonly observation: Float32Array;
  readonly previousAction: Float32Array;
  readonly isFirst: boolean;
  readonly deter: Float32Array;
  readonly stoch: Float32Array;
  /** Uniform in [0, 1), one a group of latents. */
  readonly posteriorNoise: Float32Array;
  /** Standard normal, one a number of the action. */
  readonly actionNoise: Float32Array;
}

export interface GraphOutput {
  readonly action: Float32Array;
  readonly nextDeter: Float32Array;
  readonly nextStoch: Float32Array;
  readonly value: number;
  /** KL(posterior‖prior), nats. */
  readonly surprise: number;
}

export type Weights = Readonly<Record<string, Tensor>>;

/** One thread of the CPU. */
export const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  executionProviders: ["cpu"],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  logSeverityLevel: 3,
};

/** The policy graph of a bundle (see wire/manifest.ts) on one thread of the CPU; weights come with every run. */
export class PolicyGraph {
  readonly #session: InferenceSession;
  readonly #tensor: typeof Tensor;

  private constructor(session: InferenceSession, tensor: typeof Tensor) {
    this.#session = session;
    this.#tensor = tensor;
  }

  /** Blocks this thread while the graph is optimised. Throws when the graph is not valid or lacks an input or output. */
  static async open(graph: Uint8Array, manifest: PolicyManifest): Promise<PolicyGraph> {
    const { InferenceSession, Tensor } = await loadOnnxruntime();
    const session = await InferenceSession.create(graph, SESSION_OPTIONS);
    const inputs = new Set([...INPUTS, ...manifest.weights.map(({ name }) => name)]);
    const unknown = session.inputNames.find((name) => !inputs.has(name));
    if (unknown !== undefined) throw new Error(`policy graph: expected no input "${unknown}", found one`);
    const missing = OUTPUTS.find((name) => !session.outputNames.includes(name));
    if (missing !== undefined) throw new Error(`policy graph: expected an output "${missing}", found none`);
    return new PolicyGraph(session, Tensor);
  }

  /** Ready to be fed; taken up by a run in no time. */
  weights(arrays: FloatArrays): Weights {
    return Object.fromEntries(
      Object.entries(arrays).map(([name, { shape, data }]) => [name, new this.#tensor("float32", data, shape)]),
    );
  }

  async run(input: GraphInput, weights: Weights): Promise<GraphOutput> {
    const row = (data: Float32Array): Tensor => new this.#tensor("float32", data, [1, data.length]);
    const feeds: Record<string, Tensor> = {
      ...weights,
      observation: row(input.observation),
      previousAction: row(input.previousAction),
      isFirst: row(Float32Array.of(input.isFirst ? 1 : 0)),
      deter: row(input.deter),
      stoch: row(input.stoch),
      posteriorNoise: row(input.posteriorNoise),
      actionNoise: row(input.actionNoise),
    };
    const used = this.#session.inputNames.map((name) => [name, feeds[name]!] as const);
    const outputs = await this.#session.run(Object.fromEntries(used));
    const output = (name: (typeof OUTPUTS)[number]): Float32Array => outputs[name]!.data as Float32Array;
    return {
      action: output("action"),
      nextDeter: output("nextDeter"),
      nextStoch: output("nextStoch"),
      value: output("value")[0]!,
      surprise: output("surprise")[0]!,
    };
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

const INPUTS = ["observation", "previousAction", "isFirst", "deter", "stoch", "posteriorNoise", "actionNoise"] as const;
const OUTPUTS = ["action", "nextDeter", "nextStoch", "value", "surprise"] as const;
