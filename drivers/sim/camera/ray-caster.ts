import { boundsOf } from "./bounds.ts";
import type { Geom, Poses } from "./scene.ts";
import { boundingRadius, INTERSECT } from "./shapes.ts";
import type { Viewpoint } from "./viewpoint.ts";

/** Which geom each pixel sees and how deep, one ray through the middle of each pixel. Reuses its arrays. */
export class RayCaster {
  readonly width: number;
  readonly height: number;
  /** Index of the geom a pixel sees, row by row from the top; −1 for nothing. */
  readonly ids: Int32Array;
  /** Distance along the camera's forward axis, m; Infinity for nothing. */
  readonly depths: Float64Array;
  readonly #geoms: readonly Geom[];
  readonly #radii: readonly number[];

  constructor(geoms: readonly Geom[], width: number, height: number) {
    this.width = width;
    this.height = height;
    this.ids = new Int32Array(width * height);
    this.depths = new Float64Array(width * height);
    this.#geoms = geoms;
    this.#radii = geoms.map(({ shape, size }) => boundingRadius(shape, size));
  }

  cast(view: Viewpoint, { positions, rotations }: Poses): void {
    this.ids.fill(-1);
    this.depths.fill(Number.POSITIVE_INFINITY);
    for (let id = 0; id < this.#geoms.length; id++) {
      if (this.#geoms[id]!.rgba[3] > 0) this.#castAt(id, view, positions, rotations);
    }
  }

  /** A ray's direction in the geom's frame is linear in its pixel, with a forward part of 1: its t is the depth. */
  #castAt(id: number, view: Viewpoint, positions: Float64Array, rotations: Float64Array): void {
    const { width, height, ids, depths } = this;
    const [px, py, pz] = [positions[3 * id]!, positions[3 * id + 1]!, positions[3 * id + 2]!];
    const bounds = boundsOf(view, width, height, px, py, pz, this.#radii[id]!);
    if (bounds === undefined) return;
    const { shape, size } = this.#geoms[id]!;
    const intersect = INTERSECT[shape];
    const { origin, right, up, forward, tangent } = view;
    /** World direction into the geom's frame: the transpose of its rotation. */
    const local = (x: number, y: number, z: number, axis: number): number =>
      rotations[9 * id + axis]! * x + rotations[9 * id + 3 + axis]! * y + rotations[9 * id + 6 + axis]! * z;
    const [x, y, z] = [origin[0] - px, origin[1] - py, origin[2] - pz];
    const [ox, oy, oz] = [local(x, y, z, 0), local(x, y, z, 1), local(x, y, z, 2)];
    const [fx, fy, fz] = [local(...forward, 0), local(...forward, 1), local(...forward, 2)];
    const [rx, ry, rz] = [local(...right, 0), local(...right, 1), local(...right, 2)];
    const [ux, uy, uz] = [local(...up, 0), local(...up, 1), local(...up, 2)];
    const step = (2 * tangent) / height;
    for (let row = bounds.y0; row < bounds.y1; row++) {
      const v = (height / 2 - row - 0.5) * step;
      const [bx, by, bz] = [fx + v * ux, fy + v * uy, fz + v * uz];
      for (let column = bounds.x0; column < bounds.x1; column++) {
        const u = (column + 0.5 - width / 2) * step;
        const depth = intersect(size, ox, oy, oz, bx + u * rx, by + u * ry, bz + u * rz);
        const pixel = row * width + column;
        if (depth < depths[pixel]!) {
          depths[pixel] = depth;
          ids[pixel] = id;
        }
      }
    }
  }
}
