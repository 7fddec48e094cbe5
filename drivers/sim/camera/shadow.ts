import type { Geom, Poses } from "./scene.ts";
import { boundingRadius, INTERSECT } from "./shapes.ts";
import type { Vector } from "./viewpoint.ts";

/** Whether something stands between a point and a far light. Planes throw no shadow. */
export class Shadow {
  readonly #casters: readonly { readonly id: number; readonly geom: Geom; readonly radius: number }[];
  readonly #light: Vector;
  #poses: Poses | undefined;
  /** The light's direction in each caster's frame, 3 each. */
  readonly #lights: Float64Array;

  /** `light`: unit vector towards it. */
  constructor(geoms: readonly Geom[], light: Vector) {
    this.#casters = geoms
      .map((geom, id) => ({ id, geom, radius: boundingRadius(geom.shape, geom.size) }))
      .filter(({ geom }) => geom.shape !== "plane" && geom.rgba[3] > 0);
    this.#light = light;
    this.#lights = new Float64Array(3 * this.#casters.length);
  }

  /** For the points of one picture. */
  begin(poses: Poses): void {
    const [x, y, z] = this.#light;
    const { rotations: r } = poses;
    this.#poses = poses;
    this.#casters.forEach(({ id }, i) => {
      for (let axis = 0; axis < 3; axis++) {
        const at = 9 * id + axis;
        this.#lights[3 * i + axis] = r[at]! * x + r[at + 3]! * y + r[at + 6]! * z;
      }
    });
  }

  /** `self`: the geom whose surface the point is on; all shapes bulge, so none shades what faces the light on itself. */
  covers(x: number, y: number, z: number, self: number): boolean {
    const { positions: p, rotations: r } = this.#poses!;
    const [lx, ly, lz] = this.#light;
    for (let i = 0; i < this.#casters.length; i++) {
      const { id, geom, radius } = this.#casters[i]!;
      if (id === self) continue;
      const dx = x - p[3 * id]!;
      const dy = y - p[3 * id + 1]!;
      const dz = z - p[3 * id + 2]!;
      const along = dx * lx + dy * ly + dz * lz;
      const square = dx * dx + dy * dy + dz * dz;
      if (along > radius || square - along * along > radius * radius) continue;
      const at = 9 * id;
      const t = INTERSECT[geom.shape](
        geom.size,
        r[at]! * dx + r[at + 3]! * dy + r[at + 6]! * dz,
        r[at + 1]! * dx + r[at + 4]! * dy + r[at + 7]! * dz,
        r[at + 2]! * dx + r[at + 5]! * dy + r[at + 8]! * dz,
        this.#lights[3 * i]!,
        this.#lights[3 * i + 1]!,
        this.#lights[3 * i + 2]!,
      );
      if (t < Number.POSITIVE_INFINITY) return true;
    }
    return false;
  }
}
