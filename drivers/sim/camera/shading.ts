import type { Look } from "./look.ts";
import type { RayCaster } from "./ray-caster.ts";
import type { Geom, Poses } from "./scene.ts";
import type { Shadow } from "./shadow.ts";
import { normalAt } from "./shapes.ts";
import { unit, type Viewpoint } from "./viewpoint.ts";

const normal = new Float64Array(3);

/**
 * Colours what the caster saw into `out`, uint8 height × width × 3. Lambert's law, one far light, chequered planes that
 * fade into the sky; hard shadows when there is a `shadow`, begun with the same poses.
 */
export function shade(
  out: Uint8Array,
  { ids, depths, width, height }: RayCaster,
  geoms: readonly Geom[],
  { origin, right, up, forward, tangent }: Viewpoint,
  { positions, rotations }: Poses,
  look: Look,
  shadow: Shadow | undefined,
): void {
  const [lx, ly, lz] = unit(look.light);
  const step = (2 * tangent) / height;
  for (let row = 0, pixel = 0; row < height; row++) {
    const v = (height / 2 - row - 0.5) * step;
    for (let column = 0; column < width; column++, pixel++) {
      const id = ids[pixel]!;
      if (id < 0) {
        paint(out, pixel, look.sky[0], look.sky[1], look.sky[2]);
        continue;
      }
      const u = (column + 0.5 - width / 2) * step;
      const depth = depths[pixel]!;
      const x = origin[0] + depth * (forward[0] + u * right[0] + v * up[0]);
      const y = origin[1] + depth * (forward[1] + u * right[1] + v * up[1]);
      const z = origin[2] + depth * (forward[2] + u * right[2] + v * up[2]);
      const { shape, size, rgba } = geoms[id]!;
      const r = 9 * id;
      const dx = x - positions[3 * id]!;
      const dy = y - positions[3 * id + 1]!;
      const dz = z - positions[3 * id + 2]!;
      const sx = rotations[r]! * dx + rotations[r + 3]! * dy + rotations[r + 6]! * dz;
      const sy = rotations[r + 1]! * dx + rotations[r + 4]! * dy + rotations[r + 7]! * dz;
      const sz = rotations[r + 2]! * dx + rotations[r + 5]! * dy + rotations[r + 8]! * dz;
      normalAt(shape, size, sx, sy, sz, normal);
      const nx = rotations[r]! * normal[0]! + rotations[r + 1]! * normal[1]! + rotations[r + 2]! * normal[2]!;
      const ny = rotations[r + 3]! * normal[0]! + rotations[r + 4]! * normal[1]! + rotations[r + 5]! * normal[2]!;
      const nz = rotations[r + 6]! * normal[0]! + rotations[r + 7]! * normal[1]! + rotations[r + 8]! * normal[2]!;
      const facing = Math.max(0, nx * lx + ny * ly + nz * lz);
      const covered = facing > 0 && shadow?.covers(x, y, z, id) === true;
      let light = look.ambient + (1 - look.ambient) * facing;
      if (covered) light = Math.min(light, look.shade);
      let haze = 0;
      if (shape === "plane") {
        const odd = (Math.floor(sx / look.squareSize) + Math.floor(sy / look.squareSize)) & 1;
        if (odd === 1) light *= 1 - look.squareContrast;
        haze = Math.min(1, Math.max(0, (depth - look.hazeFrom) / (look.hazeTo - look.hazeFrom)));
      }
      const clear = light * (1 - haze);
      paint(
        out,
        pixel,
        rgba[0] * clear + look.sky[0] * haze,
        rgba[1] * clear + look.sky[1] * haze,
        rgba[2] * clear + look.sky[2] * haze,
      );
    }
  }
}

function paint(out: Uint8Array, pixel: number, red: number, green: number, blue: number): void {
  out[3 * pixel] = Math.min(255, Math.round(255 * red));
  out[3 * pixel + 1] = Math.min(255, Math.round(255 * green));
  out[3 * pixel + 2] = Math.min(255, Math.round(255 * blue));
}
