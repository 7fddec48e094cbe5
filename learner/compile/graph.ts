/**
 * A program as a graph of ONNX operators (opset 17). Values are immutable and shared: asking a builder twice for the
 * same node gives the same value, so equal work is never done twice.
 */

export type DType = "float32" | "int32" | "int64" | "bool";
export type Numbers = Float32Array | Int32Array | BigInt64Array | Uint8Array;

export type Attribute = { readonly int: number } | { readonly float: number } | { readonly ints: readonly number[] };
export type Attributes = Readonly<Record<string, Attribute>>;

export interface Value {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** Set for numbers known beforehand. */
  readonly constant?: Numbers;
  /** Set for inputs of the program. */
  readonly input?: string;
  /** Set for results: which output of which node. */
  readonly node?: Node;
  readonly slot: number;
}

export interface Node {
  readonly op: string;
  /** "" for the ONNX operators, "com.microsoft" for onnxruntime's own. */
  readonly domain: string;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes;
  readonly outputs: readonly Value[];
}

export interface ValueSpec {
  readonly shape: readonly number[];
  readonly dtype: DType;
}

export type Outputs = Readonly<Record<string, Value>>;

/** A traced program: what it takes and what it gives. Everything between hangs off the outputs. */
export interface Graph {
  readonly builder: Builder;
  readonly inputs: readonly Value[];
  readonly outputs: Outputs;
}

/** Makes values; holds what was made so that equal nodes are one. */
export class Builder {
  #nextId = 0;
  readonly #nodes = new Map<string, Node>();
  readonly #constants = new Map<string, Value>();

  input(name: string, spec: ValueSpec): Value {
    return { id: this.#nextId++, ...spec, input: name, slot: 0 };
  }

  constant(numbers: Numbers, shape: readonly number[], dtype: DType): Value {
    const bytes = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
    const key = `${dtype}[${shape}]${bytes.toString("latin1")}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const value: Value = { id: this.#nextId++, shape, dtype, constant: numbers, slot: 0 };
    this.#constants.set(key, value);
    return value;
  }

  scalar(x: number): Value {
    return this.constant(Float32Array.of(x), [], "float32");
  }

  /** A constant filled with one number. */
  filled(x: number, shape: readonly number[]): Value {
    return this.constant(new Float32Array(sizeOf(shape)).fill(x), shape, "float32");
  }

  /** A list of axes, sizes or places, as ONNX takes them. */
  integers(numbers: readonly number[]): Value {
    return this.constant(BigInt64Array.from(numbers, BigInt), [numbers.length], "int64");
  }

  node(
    op: string,
    inputs: readonly Value[],
    outputs: readonly ValueSpec[],
    attributes: Attributes = {},
    domain = "",
  ): readonly Value[] {
    const key = `${domain}.${op}(${inputs.map(({ id }) => id)})${JSON.stringify(attributes)}`;
    const known = this.#nodes.get(key);
    if (known !== undefined) return known.outputs;
    const made: Value[] = [];
    const node: Node = { op, domain, inputs, attributes, outputs: made };
    outputs.forEach((spec, slot) => {
      made.push({ id: this.#nextId++, shape: spec.shape, dtype: spec.dtype, node, slot });
    });
    this.#nodes.set(key, node);
    return made;
  }

  /** A node with one output of the first input's dtype. */
  op(op: string, inputs: readonly Value[], shape: readonly number[], attributes: Attributes = {}, domain = ""): Value {
    return this.node(op, inputs, [{ shape, dtype: inputs[0]!.dtype }], attributes, domain)[0]!;
  }
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** The shape two operands have together by NumPy's rules. */
export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const [x, y] = [a[axis - rank + a.length] ?? 1, b[axis - rank + b.length] ?? 1];
    if (x !== y && x !== 1 && y !== 1) throw new Error(`graph: shapes [${a}] and [${b}] do not broadcast`);
    return x === 1 ? y : x;
  });
}

/** Every node the outputs need, each after those it takes from. */
export function schedule(outputs: Outputs): Node[] {
  const order: Node[] = [];
  const done = new Set<Node>();
  const stack: { node: Node; next: number }[] = [];
  const push = (value: Value): void => {
    if (value.node !== undefined && !done.has(value.node)) {
      done.add(value.node);
      stack.push({ node: value.node, next: 0 });
    }
  };
  for (const output of Object.values(outputs)) {
    push(output);
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const input = top.node.inputs[top.next++];
      if (input !== undefined) push(input);
      else {
        order.push(top.node);
        stack.pop();
      }
    }
  }
  return order;
}

/** How many nodes and outputs take each value. */
export function countUses(outputs: Outputs): Map<Value, number> {
  const uses = new Map<Value, number>();
  const use = (value: Value): void => {
    uses.set(value, (uses.get(value) ?? 0) + 1);
  };
  for (const node of schedule(outputs)) node.inputs.forEach(use);
  Object.values(outputs).forEach(use);
  return uses;
}

/** Rebuilds a graph node by node; `visit` may put values in the place of a node's outputs, `known` in that of others. */
export function rewrite(
  { builder, inputs, outputs }: Graph,
  visit: (node: Node, inputs: readonly Value[], builder: Builder) => readonly Value[] | undefined,
  known: ReadonlyMap<Value, Value> = new Map(),
): Graph {
  const now = new Map(known);
  const current = (value: Value): Value => now.get(value) ?? value;
  for (const node of schedule(outputs)) {
    const inputs = node.inputs.map(current);
    const replaced =
      visit(node, inputs, builder) ?? builder.node(node.op, inputs, node.outputs, node.attributes, node.domain);
    node.outputs.forEach((output, slot) => {
      const next = replaced[slot]!;
      if (next !== output) now.set(output, next);
    });
  }
  const renewed = Object.entries(outputs).map(([name, value]) => [name, current(value)]);
  return { builder, inputs, outputs: Object.fromEntries(renewed) };
}
