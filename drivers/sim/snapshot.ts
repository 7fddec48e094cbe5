import { createHash } from "node:crypto";
import type { JointCommand } from "../../runtime/robot.ts";

/** Everything a simulated machine goes on from. */
export interface SimState {
  /** MuJoCo's integration state. */
  readonly physics: Float64Array;
  /** Base velocities still in the average, oldest first; empty without a base. */
  readonly velocities: Float64Array;
  /** Torque of the last physics step, N·m. */
  readonly effort: Float64Array;
  /** The command in force; none when limp. */
  readonly command: JointCommand | undefined;
  /** When the next push comes; empty for a machine that is not pushed. */
  readonly pushes: Float64Array;
}

const FORMAT = 2;
/** How many arrays a snapshot of each format holds: before format 2 no machine was pushed. */
const ARRAYS: Readonly<Record<number, number>> = { 1: 6, [FORMAT]: 7 };

/** Names a model in its snapshots; a whole number below 2⁴⁸. */
export function modelFingerprint(xml: string): number {
  return createHash("sha256").update(xml).digest().readUIntLE(0, 6);
}

/** float64, little-endian: format, model, the arrays' lengths, then the arrays. */
export function encodeSnapshot(model: number, state: SimState): Uint8Array {
  const none = new Float64Array(0);
  const { position, kp, kd } = state.command ?? { position: none, kp: none, kd: none };
  const arrays = [state.physics, state.velocities, state.effort, position, kp, kd, state.pushes];
  const numbers = Float64Array.from([
    FORMAT,
    model,
    ...arrays.map((array) => array.length),
    ...arrays.flatMap((a) => [...a]),
  ]);
  return new Uint8Array(numbers.buffer);
}

/** Throws when `bytes` are not a whole snapshot of this very model. */
export function decodeSnapshot(model: number, bytes: Uint8Array): SimState {
  const numbers = new Float64Array(Uint8Array.from(bytes).buffer, 0, Math.floor(bytes.length / 8));
  const [format = Number.NaN, found] = numbers;
  const count = ARRAYS[format];
  if (count === undefined) throw new Error(`snapshot: expected format 1 or ${FORMAT}, found ${format}`);
  if (found !== model) {
    throw new Error(
      `snapshot: expected a state of model ${model}, found one of ${found}; the machine has changed since`,
    );
  }
  const header = 2 + count;
  const lengths = [...numbers.subarray(2, header)];
  const expected = 8 * (header + lengths.reduce((sum, length) => sum + length, 0));
  if (lengths.length < count || bytes.length !== expected) {
    throw new Error(`snapshot: expected ${expected} bytes, found ${bytes.length}`);
  }
  const broken = numbers.findIndex((x) => !Number.isFinite(x));
  if (broken >= 0) throw new Error(`snapshot: number ${broken} is not finite: ${numbers[broken]}`);
  const [physics, velocities, effort, position, kp, kd, pushes = new Float64Array(0)] = lengths.map((length, i) => {
    const start = header + lengths.slice(0, i).reduce((sum, before) => sum + before, 0);
    return numbers.slice(start, start + length);
  });
  return {
    physics: physics!,
    velocities: velocities!,
    effort: effort!,
    command: position!.length === 0 ? undefined : { position: position!, kp: kp!, kd: kd! },
    pushes,
  };
}
