import type { Homing } from "./rig.ts";

/** What a joint was measured to be, in counts of its encoder that go on across its seam. */
export interface Measured {
  readonly low: number;
  readonly high: number;
  readonly zero: number;
}

/** The same in the counts that the servo will report, and the offset that makes it so. */
export interface Placement {
  readonly offset: number | null;
  readonly min: number;
  readonly max: number;
  readonly zero: number;
}

/**
 * Chooses the homing offset so that the whole range lies between two seams: its middle at the middle of the counts. Throws
 * where the range is wider than that, or where the servo cannot move its seam and the range crosses it.
 */
export function place(
  name: string,
  { low, high, zero }: Measured,
  seam: number | undefined,
  homing: Homing | undefined,
): Placement {
  if (seam === undefined) return { offset: homing === undefined ? null : 0, min: low, max: high, zero };
  if (high - low >= seam) {
    throw new Error(`${name}: expected a range of less than a turn, ${seam} counts, found ${high - low}`);
  }
  if (homing === undefined || !homing.movesSeam) {
    const turns = seam * Math.floor(low / seam);
    if (high - turns >= seam) {
      throw new Error(
        `${name}: its range crosses the place where its encoder begins anew, at ${seam} counts, and its servo cannot move ` +
          "that: take the horn off, turn it by a quarter, screw it on and sweep again",
      );
    }
    return { offset: homing === undefined ? null : 0, min: low - turns, max: high - turns, zero: zero - turns };
  }
  const middle = Math.floor(seam / 2);
  const from = Math.round((low + high) / 2);
  const turns = seam * Math.floor(from / seam);
  const offset = Math.min(homing.most, Math.max(-homing.most, homing.sign * (middle - (from - turns))));
  const shift = homing.sign * offset - turns;
  const placed = { offset: offset === 0 ? 0 : offset, min: low + shift, max: high + shift, zero: zero + shift };
  if (placed.min < 0 || placed.max >= seam) {
    throw new Error(
      `${name}: expected a range that an offset of ${homing.most} counts brings within 0 to ${seam - 1}, found ${placed.min} to ${placed.max}`,
    );
  }
  return placed;
}
