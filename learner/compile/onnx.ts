import { type Attribute, type DType, type Graph, type Node, schedule, type Value } from "./graph.ts";

/** Writes a graph as an ONNX model: protobuf messages by the field numbers of onnx.proto (IR version 8, opset 17). */

const DATA_TYPES: Readonly<Record<DType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/** Appends protobuf fields; nested messages are written by a callback. */
class ProtoWriter {
  readonly #parts: Uint8Array[] = [];

  #varint(x: number | bigint): void {
    let rest = BigInt.asUintN(64, BigInt(x));
    const bytes: number[] = [];
    while (rest > 127n) {
      bytes.push(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    this.#parts.push(Uint8Array.from(bytes));
  }

  int(field: number, x: number | bigint): this {
    this.#varint(field << 3);
    this.#varint(x);
    return this;
  }

  float(field: number, x: number): this {
    this.#varint((field << 3) | 5);
    this.#parts.push(new Uint8Array(Float32Array.of(x).buffer));
    return this;
  }

  bytes(field: number, bytes: Uint8Array): this {
    this.#varint((field << 3) | 2);
    this.#varint(bytes.byteLength);
    this.#parts.push(bytes);
    return this;
  }

  text(field: number, text: string): this {
    return this.bytes(field, Buffer.from(text, "utf8"));
  }

  message(field: number, write: (inner: ProtoWriter) => void): this {
    const inner = new ProtoWriter();
    write(inner);
    return this.bytes(field, inner.finish());
  }

  finish(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}

/** What an output is called in the model: its own name, primed when an input has that name already. */
export function outputName({ inputs }: Graph, name: string): string {
  return inputs.some(({ input }) => input === name) ? `${name}'` : name;
}

/** Model bytes. `metadata` ends up in the model's properties. */
export function encodeOnnx(program: Graph, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const { inputs, outputs } = program;
  const names = new Map<Value, string>();
  // A result that leaves once is called by its output's name at once; others leave through a copy.
  const copied: [string, Value][] = [];
  for (const [output, value] of Object.entries(outputs)) {
    if (value.node !== undefined && !names.has(value)) names.set(value, outputName(program, output));
    else copied.push([output, value]);
  }
  const nameOf = (value: Value): string => {
    const known = names.get(value);
    if (known !== undefined) return known;
    const name = value.input ?? `v${names.size}`;
    names.set(value, name);
    return name;
  };
  const nodes = schedule(outputs);
  const constants = new Set(nodes.flatMap(({ inputs }) => inputs).filter(({ constant }) => constant !== undefined));
  for (const value of Object.values(outputs)) if (value.constant !== undefined) constants.add(value);
  const model = new ProtoWriter().int(1, 8).text(2, "reverie");
  model.message(7, (graph) => {
    for (const node of nodes) graph.message(1, (proto) => writeNode(proto, node, nameOf));
    for (const [name, value] of copied) {
      graph.message(1, (proto) => proto.text(1, nameOf(value)).text(2, outputName(program, name)).text(4, "Identity"));
    }
    graph.text(2, "program");
    for (const value of constants) graph.message(5, (proto) => writeTensor(proto, value, nameOf(value)));
    for (const value of inputs) graph.message(11, (proto) => writeValueInfo(proto, value, nameOf(value)));
    for (const [name, value] of Object.entries(outputs)) {
      graph.message(12, (proto) => writeValueInfo(proto, value, outputName(program, name)));
    }
  });
  model.message(8, (opset) => opset.text(1, "").int(2, 17));
  model.message(8, (opset) => opset.text(1, "com.microsoft").int(2, 1));
  for (const [key, value] of Object.entries(metadata)) model.message(14, (entry) => entry.text(1, key).text(2, value));
  return model.finish();
}

function writeNode(proto: ProtoWriter, node: Node, nameOf: (value: Value) => string): void {
  for (const input of node.inputs) proto.text(1, nameOf(input));
  for (const output of node.outputs) proto.text(2, nameOf(output));
  proto.text(4, node.op);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    proto.message(5, (inner) => writeAttribute(inner, name, attribute));
  }
  if (node.domain !== "") proto.text(7, node.domain);
}

function writeAttribute(proto: ProtoWriter, name: string, attribute: Attribute): void {
  proto.text(1, name);
  if ("int" in attribute) proto.int(3, attribute.int).int(20, 2);
  else if ("float" in attribute) proto.float(2, attribute.float).int(20, 1);
  else {
    for (const x of attribute.ints) proto.int(8, x);
    proto.int(20, 7);
  }
}

function writeTensor(proto: ProtoWriter, { shape, dtype, constant }: Value, name: string): void {
  for (const size of shape) proto.int(1, size);
  proto.int(2, DATA_TYPES[dtype]);
  proto.text(8, name);
  proto.bytes(9, new Uint8Array(constant!.buffer, constant!.byteOffset, constant!.byteLength));
}

function writeValueInfo(proto: ProtoWriter, { shape, dtype }: Value, name: string): void {
  proto.text(1, name);
  proto.message(2, (type) =>
    type.message(1, (tensor) => {
      tensor.int(1, DATA_TYPES[dtype]);
      tensor.message(2, (dims) => {
        for (const size of shape) dims.message(1, (dim) => dim.int(1, size));
      });
    }),
  );
}
