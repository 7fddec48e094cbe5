/** Unit quaternion w x y z. */
export type Quaternion = readonly [w: number, x: number, y: number, z: number];
export type Vector = readonly [x: number, y: number, z: number];

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function unit(v: Vector): Vector {
  const length = Math.hypot(...v);
  return [v[0] / length, v[1] / length, v[2] / length];
}

/** Of the rotation whose matrix has these rows (Shepperd's method). */
export function quaternionOfRows(x: Vector, y: Vector, z: Vector): Quaternion {
  const trace = x[0] + y[1] + z[2];
  const squares = [1 + trace, 1 + 2 * x[0] - trace, 1 + 2 * y[1] - trace, 1 + 2 * z[2] - trace];
  const largest = squares.indexOf(Math.max(...squares));
  const [wx, wy, wz] = [z[1] - y[2], x[2] - z[0], y[0] - x[1]];
  const [xy, xz, yz] = [x[1] + y[0], x[2] + z[0], y[2] + z[1]];
  const raw = [
    [squares[0]!, wx, wy, wz],
    [wx, squares[1]!, xy, xz],
    [wy, xy, squares[2]!, yz],
    [wz, xz, yz, squares[3]!],
  ][largest]!;
  const length = Math.hypot(...raw) * (raw[0]! < 0 ? -1 : 1);
  return [raw[0]! / length, raw[1]! / length, raw[2]! / length, raw[3]! / length];
}
