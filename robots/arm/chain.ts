export type Vector = readonly [x: number, y: number, z: number];

/** A joint and the link it carries, as they are at joint positions 0, in the frame of the arm's foot: x forward, z up, m. */
export interface Link {
  readonly joint: string;
  /** A point on the joint's axis, and its direction, of length 1. */
  readonly at: Vector;
  readonly axis: Vector;
  /** kg; where its centre is from `at`, m; about it, kg·m². */
  readonly mass: number;
  readonly centre: Vector;
  readonly inertia: Vector;
}

/** An arm: its joints from the foot out, and the middle of its flange. */
export interface Chain {
  readonly links: readonly Link[];
  readonly tip: Vector;
}

/** Where every joint's point is, and last the tip, m, for joint positions `q`, rad (product of exponentials). */
export function places({ links, tip }: Chain, q: ArrayLike<number>): Vector[] {
  const out: Vector[] = [];
  let rotation: readonly [Vector, Vector, Vector] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  let from: Vector = [0, 0, 0];
  let here: Vector = [0, 0, 0];
  for (const [i, { at, axis }] of links.entries()) {
    here = add(here, turn(rotation, subtract(at, from)));
    out.push(here);
    from = at;
    rotation = compose(rotation, about(axis, q[i]!));
  }
  out.push(add(here, turn(rotation, subtract(tip, from))));
  return out;
}

/** Columns of the rotation about a unit axis (Rodrigues). */
function about([x, y, z]: Vector, angle: number): readonly [Vector, Vector, Vector] {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const t = 1 - c;
  return [
    [t * x * x + c, t * x * y + s * z, t * x * z - s * y],
    [t * x * y - s * z, t * y * y + c, t * y * z + s * x],
    [t * x * z + s * y, t * y * z - s * x, t * z * z + c],
  ];
}

function compose(a: readonly [Vector, Vector, Vector], b: readonly [Vector, Vector, Vector]) {
  return [turn(a, b[0]), turn(a, b[1]), turn(a, b[2])] as const;
}

function turn([a, b, c]: readonly [Vector, Vector, Vector], [x, y, z]: Vector): Vector {
  return [a[0] * x + b[0] * y + c[0] * z, a[1] * x + b[1] * y + c[1] * z, a[2] * x + b[2] * y + c[2] * z];
}

const add = (a: Vector, b: Vector): Vector => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const subtract = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
