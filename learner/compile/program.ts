import type * as tf from "@tensorflow/tfjs-core";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { loadOnnxruntime } from "../../runtime/policy/onnxruntime.ts";
import { type DType, type Graph, sizeOf, type ValueSpec } from "./graph.ts";
import { encodeOnnx, outputName } from "./onnx.ts";
import { optimise } from "./optimise.ts";
import { trace } from "./trace.ts";

export interface CompileOptions {
  /** Threads of one run. */
  readonly threads?: number;
  /** Where it runs: "cpu" needs nothing, the others what onnxruntime asks for ("webgpu", "cuda", …). */
  readonly provider?: string;
  /** Writes onnxruntime's own timing of every node beside this path. */
  readonly profile?: string;
}

export type Feeds = Readonly<Record<string, Float32Array>>;

/** A compiled function of named float32 arrays. Runs are one at a time. */
export interface Program {
  readonly graph: Graph;
  /** Runs once. Results are written into `into` where it has an array of that name, else into fresh ones. */
  run(feeds: Feeds, into?: Readonly<Record<string, Float32Array>>): Promise<Record<string, Float32Array>>;
  close(): Promise<void>;
}

/** Traces `program`, improves the graph and prepares it to run. Every input and output is float32. */
export async function compile(
  inputs: Readonly<Record<string, ValueSpec>>,
  program: (tensors: Readonly<Record<string, tf.Tensor>>) => Readonly<Record<string, tf.Tensor>>,
  options: CompileOptions = {},
): Promise<Program> {
  const graph = optimise(await trace(inputs, program));
  for (const [name, value] of Object.entries(graph.outputs)) mustBeFloat(name, value.dtype);
  return load(graph, options);
}

function mustBeFloat(name: string, dtype: DType): void {
  if (dtype !== "float32") throw new Error(`compile: expected "${name}" to be float32, found ${dtype}`);
}

/** Prepares a graph to run. */
export async function load(
  graph: Graph,
  { threads = 1, provider = "cpu", profile }: CompileOptions = {},
): Promise<Program> {
  const onnx = await loadOnnxruntime();
  const session = await onnx.InferenceSession.create(encodeOnnx(graph), {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
    // Gradients and second moments decay into denormals, which cost tens of times a normal number.
    extra: { session: { set_denormal_as_zero: "1" } },
    ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
  });
  return new LoadedProgram(graph, session, onnx.Tensor);
}

class LoadedProgram implements Program {
  readonly graph: Graph;
  readonly #session: InferenceSession;
  readonly #Tensor: typeof Tensor;

  constructor(graph: Graph, session: InferenceSession, TensorClass: typeof Tensor) {
    this.graph = graph;
    this.#session = session;
    this.#Tensor = TensorClass;
  }

  async run(feeds: Feeds, into: Readonly<Record<string, Float32Array>> = {}): Promise<Record<string, Float32Array>> {
    const tensors: Record<string, Tensor> = {};
    for (const { input, shape } of this.graph.inputs) {
      const data = feeds[input!];
      if (data?.length !== sizeOf(shape)) {
        throw new Error(`program: expected ${sizeOf(shape)} numbers for "${input}" [${shape}], found ${data?.length}`);
      }
      tensors[input!] = new this.#Tensor("float32", data, [...shape]);
    }
    const fetches: Record<string, Tensor | null> = {};
    for (const [name, { shape }] of Object.entries(this.graph.outputs)) {
      const data = into[name];
      fetches[outputName(this.graph, name)] = data === undefined ? null : new this.#Tensor("float32", data, [...shape]);
    }
    const results = await this.#session.run(tensors, fetches);
    const names = Object.keys(this.graph.outputs);
    return Object.fromEntries(names.map((name) => [name, results[outputName(this.graph, name)]!.data as Float32Array]));
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}
