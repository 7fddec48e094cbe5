/** Steps as rows of a fixed size, which the schema alone decides. The layout is written down in README.md beside this file. */
import type { Step, StepSchema } from "../step.ts";

const HEADER_BYTES = 40;
const FLAGS = { isFirst: 1, isLast: 2, isTerminal: 4, intervened: 8 } as const;

interface Part {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

/** Where everything lies in a row; computed once a schema. */
export interface StepLayout {
  readonly rowBytes: number;
  readonly float32: readonly Part[];
  readonly uint8: readonly Part[];
  readonly action: Part;
  readonly command: Part;
}

export function stepLayout(schema: StepSchema): StepLayout {
  let end = HEADER_BYTES;
  const place = (name: string, length: number, bytes: number): Part => {
    const part = { name, offset: end, length };
    end += length * bytes;
    return part;
  };
  const tensors = (dtype: "float32" | "uint8", bytes: number): Part[] =>
    schema.observation
      .filter((tensor) => tensor.dtype === dtype)
      .map((tensor) =>
        place(
          tensor.name,
          tensor.shape.reduce((a, b) => a * b, 1),
          bytes,
        ),
      );
  const float32 = tensors("float32", 4);
  const action = place("action", schema.action.length, 4);
  const command = place("command", schema.joints.length, 4);
  const uint8 = tensors("uint8", 1);
  return { rowBytes: Math.ceil(end / 8) * 8, float32, uint8, action, command };
}

/** Throws when a value has not the size or type the schema says, or is not finite. */
export function encodeSteps(layout: StepLayout, steps: readonly Step[]): Uint8Array {
  const bytes = new Uint8Array(layout.rowBytes * steps.length);
  const view = new DataView(bytes.buffer);
  steps.forEach((step, row) => {
    const at = row * layout.rowBytes;
    view.setBigUint64(at, BigInt(step.sequence), true);
    view.setBigInt64(at + 8, step.timeNs, true);
    view.setFloat64(at + 16, finite(step.reward, step.sequence, "reward", 0), true);
    view.setUint32(at + 24, step.episode, true);
    view.setUint32(at + 28, step.index, true);
    view.setUint32(at + 32, step.policyVersion, true);
    view.setUint8(
      at + 36,
      (step.isFirst ? FLAGS.isFirst : 0) |
        (step.isLast ? FLAGS.isLast : 0) |
        (step.isTerminal ? FLAGS.isTerminal : 0) |
        (step.intervened ? FLAGS.intervened : 0),
    );
    for (const part of layout.float32) putFloats(view, at, part, step.observation[part.name], step.sequence);
    putFloats(view, at, layout.action, step.action, step.sequence);
    putFloats(view, at, layout.command, step.command, step.sequence);
    for (const part of layout.uint8) {
      const value = step.observation[part.name];
      if (!(value instanceof Uint8Array) || value.length !== part.length) {
        throw new Error(mismatch(step.sequence, part, "uint8", value));
      }
      bytes.set(value, at + part.offset);
    }
  });
  return bytes;
}

/** The steps of whole rows, in memory of their own. Throws on a length, flag or number that no encoder writes. */
export function decodeSteps(layout: StepLayout, bytes: Uint8Array): Step[] {
  if (bytes.length % layout.rowBytes !== 0) {
    throw new Error(`step rows: expected whole rows of ${layout.rowBytes} bytes, found ${bytes.length} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const steps: Step[] = [];
  for (let at = 0; at < bytes.length; at += layout.rowBytes) {
    const sequence = Number(view.getBigUint64(at, true));
    if (!Number.isSafeInteger(sequence)) {
      throw new Error(`step rows: expected a sequence number below 2^53, found ${sequence}`);
    }
    const flags = view.getUint32(at + 36, true);
    if (flags > 15) throw new Error(`step ${sequence}: expected flags below 16, found ${flags}`);
    const observation: Record<string, Float32Array | Uint8Array> = {};
    for (const part of layout.float32) observation[part.name] = takeFloats(view, at, part, sequence);
    for (const part of layout.uint8) {
      observation[part.name] = new Uint8Array(bytes.subarray(at + part.offset, at + part.offset + part.length));
    }
    steps.push({
      sequence,
      episode: view.getUint32(at + 24, true),
      index: view.getUint32(at + 28, true),
      timeNs: view.getBigInt64(at + 8, true),
      observation,
      action: takeFloats(view, at, layout.action, sequence),
      command: takeFloats(view, at, layout.command, sequence),
      reward: finite(view.getFloat64(at + 16, true), sequence, "reward", 0),
      isFirst: (flags & FLAGS.isFirst) !== 0,
      isLast: (flags & FLAGS.isLast) !== 0,
      isTerminal: (flags & FLAGS.isTerminal) !== 0,
      policyVersion: view.getUint32(at + 32, true),
      intervened: (flags & FLAGS.intervened) !== 0,
    });
  }
  return steps;
}

/** The sequence number of row `row` without decoding the rest. */
export function rowSequence(layout: StepLayout, bytes: Uint8Array, row: number): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(row * layout.rowBytes, true));
}

/** Marks the first of encoded rows as one that nothing before it explains. */
export function markFirst(rows: Uint8Array): void {
  rows[36] = rows[36]! | FLAGS.isFirst;
}

/** The episode of an encoded row. */
export function rowEpisode(row: Uint8Array): number {
  return new DataView(row.buffer, row.byteOffset).getUint32(24, true);
}

/** What an encoded row was worth, and under which policy. */
export function rowReturn(row: Uint8Array): { readonly reward: number; readonly policyVersion: number } {
  const view = new DataView(row.buffer, row.byteOffset);
  return { reward: view.getFloat64(16, true), policyVersion: view.getUint32(32, true) };
}

function putFloats(view: DataView, at: number, part: Part, value: unknown, sequence: number): void {
  if (!(value instanceof Float32Array) || value.length !== part.length) {
    throw new Error(mismatch(sequence, part, "float32", value));
  }
  for (let i = 0; i < part.length; i++) {
    view.setFloat32(at + part.offset + 4 * i, finite(value[i]!, sequence, part.name, i), true);
  }
}

function takeFloats(view: DataView, at: number, part: Part, sequence: number): Float32Array {
  const out = new Float32Array(part.length);
  for (let i = 0; i < part.length; i++) {
    out[i] = finite(view.getFloat32(at + part.offset + 4 * i, true), sequence, part.name, i);
  }
  return out;
}

function finite(value: number, sequence: number, name: string, index: number): number {
  if (!Number.isFinite(value)) throw new Error(`step ${sequence}: expected ${name}[${index}] finite, found ${value}`);
  return value;
}

function mismatch(sequence: number, part: Part, dtype: string, value: unknown): string {
  const found = ArrayBuffer.isView(value)
    ? `${(value as Uint8Array).length} of ${value.constructor.name}`
    : String(value);
  return `step ${sequence}: expected ${part.name} as ${part.length} ${dtype}, found ${found}`;
}
