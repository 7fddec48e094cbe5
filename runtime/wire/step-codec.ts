/**
 * Steps as rows of a fixed size, which the schema alone decides: the body of a little-endian CDR message whose definition
 * is in log/step-topic.ts. The layout is written down in README.md beside this file. Images travel beside their row.
 */
import type { Step, StepSchema } from "../step.ts";

const HEADER_BYTES = 40;
const FLAGS_AT = 36;
const FLAGS = ["isFirst", "isLast", "isTerminal", "intervened"] as const;

interface Part {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

/** Where everything lies in a row; computed once a schema. */
export interface StepLayout {
  readonly rowBytes: number;
  readonly float32: readonly Part[];
  readonly action: Part;
  readonly command: Part;
}

export function stepLayout(schema: StepSchema): StepLayout {
  let end = HEADER_BYTES;
  const place = (name: string, length: number): Part => {
    const part = { name, offset: end, length };
    end += length * Float32Array.BYTES_PER_ELEMENT;
    return part;
  };
  const float32 = schema.observation
    .filter(({ dtype }) => dtype === "float32")
    .map(({ name, shape }) =>
      place(
        name,
        shape.reduce((a, b) => a * b, 1),
      ),
    );
  const action = place("action", schema.action.length);
  const command = place("command", schema.joints.length);
  return { rowBytes: end, float32, action, command };
}

/** Without images. Throws when a value has not the size or type the schema says, or is not finite. */
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
    FLAGS.forEach((flag, i) => {
      view.setUint8(at + FLAGS_AT + i, step[flag] ? 1 : 0);
    });
    for (const part of layout.float32) putFloats(view, at, part, step.observation[part.name], step.sequence);
    putFloats(view, at, layout.action, step.action, step.sequence);
    putFloats(view, at, layout.command, step.command, step.sequence);
  });
  return bytes;
}

/** The steps of whole rows, in memory of their own, without their images. Throws on a length, flag or number that no encoder writes. */
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
    const [isFirst, isLast, isTerminal, intervened] = takeFlags(bytes, at + FLAGS_AT, sequence);
    const observation: Record<string, Float32Array> = {};
    for (const part of layout.float32) observation[part.name] = takeFloats(view, at, part, sequence);
    steps.push({
      sequence,
      episode: view.getUint32(at + 24, true),
      index: view.getUint32(at + 28, true),
      timeNs: view.getBigInt64(at + 8, true),
      observation,
      action: takeFloats(view, at, layout.action, sequence),
      command: takeFloats(view, at, layout.command, sequence),
      reward: finite(view.getFloat64(at + 16, true), sequence, "reward", 0),
      isFirst,
      isLast,
      isTerminal,
      policyVersion: view.getUint32(at + 32, true),
      intervened,
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
  rows[FLAGS_AT] = 1;
}

/** When an encoded row was acquired, ns on the robot's monotonic clock. */
export function rowTimeNs(row: Uint8Array): bigint {
  return new DataView(row.buffer, row.byteOffset).getBigInt64(8, true);
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

function takeFlags(bytes: Uint8Array, at: number, sequence: number): [boolean, boolean, boolean, boolean] {
  const found = [...bytes.subarray(at, at + FLAGS.length)];
  if (found.some((flag) => flag > 1)) {
    throw new Error(`step ${sequence}: expected ${FLAGS.join(", ")} each 0 or 1, found ${found.join(", ")}`);
  }
  return found.map((flag) => flag === 1) as [boolean, boolean, boolean, boolean];
}

function putFloats(view: DataView, at: number, part: Part, value: unknown, sequence: number): void {
  if (!(value instanceof Float32Array) || value.length !== part.length) {
    const found = ArrayBuffer.isView(value)
      ? `${(value as Uint8Array).length} of ${value.constructor.name}`
      : String(value);
    throw new Error(`step ${sequence}: expected ${part.name} as ${part.length} float32, found ${found}`);
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
