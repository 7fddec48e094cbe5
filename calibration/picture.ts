/** One joint as a person moves it, rad of its own counts. */
export interface BarJoint {
  readonly name: string;
  /** Reached so far, and where it is now, counts. */
  readonly low: number;
  readonly high: number;
  readonly now: number;
  /** Share of its range that was covered, 0 up. */
  readonly covered: number;
  readonly enough: boolean;
}

const CELLS = 30;

/** A bar a joint: what was reached, where it is, how much of its range that is. No line is longer than `columns`. */
export function sweepPicture(joints: readonly BarJoint[], countsPerTurn: number, columns: number): string[] {
  const longest = Math.max(...joints.map(({ name }) => name.length));
  const degrees = (counts: number): string => `${Math.round((360 * counts) / countsPerTurn)}°`;
  return joints.map(({ name, low, high, now, covered, enough }) => {
    const filled = Math.max(1, Math.min(CELLS, Math.round(CELLS * covered)));
    const at = high > low ? Math.round(((now - low) / (high - low)) * (filled - 1)) : 0;
    const cells = Array.from({ length: CELLS }, (_, i) => (i === at ? "●" : i < filled ? "━" : "·")).join("");
    const share = `${Math.round(100 * Math.min(covered, 9.99))}%`.padStart(4);
    return [`  ${name.padEnd(longest)}`, cells, share, degrees(high - low).padStart(5), enough ? "✓" : " "]
      .join(" ")
      .slice(0, columns);
  });
}

/** Where each joint is, from where it was, degrees. */
export function movePicture(
  joints: readonly { readonly name: string; readonly moved: number; readonly asked: boolean }[],
  columns: number,
): string[] {
  const longest = Math.max(...joints.map(({ name }) => name.length));
  return joints.map(({ name, moved, asked }) =>
    `${asked ? "→" : " "} ${name.padEnd(longest)} ${`${Math.round((180 * moved) / Math.PI)}°`.padStart(6)}`.slice(
      0,
      columns,
    ),
  );
}
