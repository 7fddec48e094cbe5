import * as tf from "@tensorflow/tfjs-core";
import { isDeclaringConstant } from "../nn/constant.ts";
import { registerGradients } from "../nn/gradients.ts";
import { registerKernelGradients } from "../nn/kernels.ts";
import { Builder, type DType, type Graph, type Value, type ValueSpec } from "./graph.ts";
import { LOWERINGS, type Lowering } from "./lowerings.ts";

const BACKEND = "reverie-trace";

/** A tfjs backend that computes nothing: every kernel becomes nodes of a graph. One trace runs at a time. */
class TracingBackend extends tf.KernelBackend {
  builder = new Builder();
  #values = new Map<object, Value>();
  #references = new Map<object, number>();

  begin(): void {
    this.builder = new Builder();
    this.#values = new Map();
    this.#references = new Map();
  }

  /** A tfjs tensor that stands for `value`. */
  wrap(value: Value): tf.TensorInfo {
    const dataId = {};
    this.#values.set(dataId, value);
    this.#references.set(dataId, 1);
    return { dataId, shape: [...value.shape], dtype: value.dtype === "int64" ? "int32" : value.dtype };
  }

  valueBehind({ dataId }: { readonly dataId: object }): Value {
    const value = this.#values.get(dataId);
    if (value === undefined) throw refusal("a tensor made before tracing began was used; pass it in as an input");
    return value;
  }

  override write(values: tf.backend_util.BackendValues, shape: number[], dtype: tf.DataType): object {
    const numbers = toNumbers(values, dtype);
    const uniform = numbers.every((x) => x === numbers[0]);
    if (!isDeclaringConstant()) {
      const drawn = /\b(?:rand|random|truncatedNormal|multinomial|dropout)\w*_\b/.exec(new Error().stack ?? "");
      if (drawn !== null)
        throw refusal(
          `${drawn[0].slice(0, -1)} draws numbers in JavaScript, which a graph would freeze; pass noise in as an input`,
        );
      if (!uniform)
        throw refusal(
          `a tensor of shape [${shape}] was made from JavaScript numbers; declare it with constant() or pass it in as an input`,
        );
    }
    return this.wrap(this.builder.constant(numbers, shape, dtypeOf(dtype))).dataId;
  }

  override readSync(): never {
    throw refusal("a tensor's numbers were read; they do not exist until the program runs");
  }

  override read(): never {
    return this.readSync();
  }

  override incRef(dataId: object): void {
    this.#references.set(dataId, this.refCount(dataId) + 1);
  }

  override refCount(dataId: object): number {
    return this.#references.get(dataId) ?? 0;
  }

  override disposeData(dataId: object): boolean {
    const left = this.refCount(dataId) - 1;
    this.#references.set(dataId, left);
    if (left > 0) return false;
    this.#values.delete(dataId);
    this.#references.delete(dataId);
    return true;
  }

  override numDataIds(): number {
    return this.#values.size;
  }

  override floatPrecision(): 32 {
    return 32;
  }

  override timerAvailable(): boolean {
    return false;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override dispose(): void {
    this.begin();
  }
}

function dtypeOf(dtype: tf.DataType): DType {
  if (dtype === "float32" || dtype === "int32" || dtype === "bool") return dtype;
  throw refusal(`tensors of ${dtype} cannot be compiled`);
}

function toNumbers(values: tf.backend_util.BackendValues, dtype: tf.DataType): Float32Array | Int32Array | Uint8Array {
  const list = Array.from(values as ArrayLike<number>, Number);
  if (dtype === "float32") return Float32Array.from(list);
  return dtype === "int32" ? Int32Array.from(list) : Uint8Array.from(list);
}

/** An error that names the line which asked for what cannot be traced. */
function refusal(message: string): Error {
  const frames = (new Error().stack ?? "").split("\n").slice(1);
  const own = frames.find(
    (frame) => !/node_modules|node:internal|compile[/\\](?:trace\.|lowerings[/\\])|nn[/\\]constant\./.test(frame),
  );
  return new Error(`trace: ${message}${own === undefined ? "" : ` (${own.trim()})`}`);
}

let backend: TracingBackend | undefined;

function tracingBackend(): TracingBackend {
  if (backend !== undefined) return backend;
  const made = new TracingBackend();
  tf.env().set("PROD", true);
  tf.registerBackend(BACKEND, () => made, 0);
  for (const [kernelName, lower] of Object.entries(LOWERINGS)) {
    tf.registerKernel({ kernelName, backendName: BACKEND, kernelFunc: (call) => runLowering(made, lower, call) });
  }
  backend = made;
  return made;
}

type KernelCall = Parameters<tf.KernelFunc>[0];

function runLowering(
  backend: TracingBackend,
  lower: Lowering,
  { inputs, attrs }: KernelCall,
): tf.TensorInfo | tf.TensorInfo[] {
  const values: Record<string, Value> = {};
  for (const [name, info] of Object.entries(inputs)) {
    if (info !== undefined && info !== null) values[name] = backend.valueBehind(info as tf.TensorInfo);
  }
  const lowered = lower(values, (attrs ?? {}) as Record<string, unknown>, backend.builder);
  return Array.isArray(lowered) ? lowered.map((value) => backend.wrap(value)) : backend.wrap(lowered as Value);
}

/**
 * Runs `program` once on tensors without numbers and returns the graph of what it did, its gradients included.
 * Throws, naming the operation and the line, when it uses a kernel without a lowering, makes a tensor from JavaScript
 * numbers that were not declared with `constant`, or reads a tensor.
 */
export async function trace(
  inputs: Readonly<Record<string, ValueSpec>>,
  program: (tensors: Readonly<Record<string, tf.Tensor>>) => Readonly<Record<string, tf.Tensor>>,
): Promise<Graph> {
  registerGradients();
  registerKernelGradients();
  const backend = tracingBackend();
  const before = tf.engine().backendNames().length > 1 ? tf.engine().backendName : undefined;
  await tf.setBackend(BACKEND);
  backend.begin();
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 60; // deep enough to reach the line that asked, below tfjs's own frames
  try {
    const builder = backend.builder;
    const values = Object.entries(inputs).map(([name, spec]) => builder.input(name, spec));
    const outputs: Record<string, Value> = {};
    tf.tidy(() => {
      const tensors = values.map((value) => [value.input!, tf.engine().makeTensorFromTensorInfo(backend.wrap(value))]);
      for (const [name, tensor] of Object.entries(program(Object.fromEntries(tensors)))) {
        outputs[name] = backend.valueBehind(tensor);
      }
    });
    return { builder, inputs: values, outputs };
  } catch (error) {
    const missing = /Kernel '(\w+)' not registered/.exec(String(error));
    if (missing === null) throw error;
    throw namedAfter(error as Error, `the operation ${missing[1]} has no lowering`);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    if (before !== undefined && before !== null && before !== BACKEND) await tf.setBackend(before);
  }
}

function namedAfter(error: Error, message: string): Error {
  const own = (error.stack ?? "")
    .split("\n")
    .find((frame) => /^\s+at /.test(frame) && !/node_modules|node:internal/.test(frame));
  return new Error(`trace: ${message}${own === undefined ? "" : ` (${own.trim()})`}`, { cause: error });
}
