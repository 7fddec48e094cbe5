import type { Shape } from "./scene.ts";

type Size = readonly [number, number, number];

/**
 * Where the ray o + t·d first meets a shape, all in the shape's own frame: the smallest t ≥ 0; Infinity when it misses.
 * As MuJoCo's mj_ray: a plane is seen from above alone, everything else also from inside. d need not have unit length.
 */
export type Intersect = (size: Size, ox: number, oy: number, oz: number, dx: number, dy: number, dz: number) => number;

export const INTERSECT: Readonly<Record<Shape, Intersect>> = { plane, sphere, capsule, cylinder, box };

const MISS = Number.POSITIVE_INFINITY;

function plane(size: Size, ox: number, oy: number, oz: number, dx: number, dy: number, dz: number): number {
  if (dz >= 0 || oz < 0) return MISS;
  const t = -oz / dz;
  if (size[0] > 0 && Math.abs(ox + t * dx) > size[0]) return MISS;
  if (size[1] > 0 && Math.abs(oy + t * dy) > size[1]) return MISS;
  return t;
}

function sphere(size: Size, ox: number, oy: number, oz: number, dx: number, dy: number, dz: number): number {
  const a = dx * dx + dy * dy + dz * dz;
  const b = ox * dx + oy * dy + oz * dz;
  const discriminant = b * b - a * (ox * ox + oy * oy + oz * oz - size[0] * size[0]);
  if (discriminant < 0) return MISS;
  const root = Math.sqrt(discriminant);
  const near = (-b - root) / a;
  if (near >= 0) return near;
  const far = (-b + root) / a;
  return far >= 0 ? far : MISS;
}

/** The two ends are half balls; between them a tube. */
function capsule(size: Size, ox: number, oy: number, oz: number, dx: number, dy: number, dz: number): number {
  const [radius, half] = size;
  let t = tube(size, ox, oy, oz, dx, dy, dz);
  for (const end of [-half, half]) {
    const a = dx * dx + dy * dy + dz * dz;
    const b = ox * dx + oy * dy + (oz - end) * dz;
    const c = ox * ox + oy * oy + (oz - end) * (oz - end) - radius * radius;
    const discriminant = b * b - a * c;
    if (discriminant < 0) continue;
    const root = Math.sqrt(discriminant);
    for (const at of [(-b - root) / a, (-b + root) / a]) {
      if (at >= 0 && at < t && (oz + at * dz - end) * end >= 0) t = at;
    }
  }
  return t;
}

function cylinder(size: Size, ox: number, oy: number, oz: number, dx: number, dy: number, dz: number): number {
  const [radius, half] = size;
  let t = tube(size, ox, oy, oz, dx, dy, dz);
  if (dz === 0) return t;
  for (const end of [-half, half]) {
    const at = (end - oz) / dz;
    const x = ox + at * dx;
    const y = oy + at * dy;
    if (at >= 0 && at < t && x * x + y * y <= radius * radius) t = at;
  }
  return t;
}

/** By slabs: the ray is inside where it is between all three pairs of faces. Along a face it misses (0 · ∞ is NaN). */
function box(size: Size, ox: number, oy: number, oz: number, dx: number, dy: number, dz: number): number {
  const ax = (-size[0] - ox) / dx;
  const bx = (size[0] - ox) / dx;
  const ay = (-size[1] - oy) / dy;
  const by = (size[1] - oy) / dy;
  const az = (-size[2] - oz) / dz;
  const bz = (size[2] - oz) / dz;
  const enter = Math.max(Math.min(ax, bx), Math.min(ay, by), Math.min(az, bz));
  const leave = Math.min(Math.max(ax, bx), Math.max(ay, by), Math.max(az, bz));
  if (!(leave >= enter) || leave < 0) return MISS;
  return enter >= 0 ? enter : leave;
}

/** A cylinder's side, without its ends. */
function tube(size: Size, ox: number, oy: number, oz: number, dx: number, dy: number, dz: number): number {
  const [radius, half] = size;
  const a = dx * dx + dy * dy;
  const b = ox * dx + oy * dy;
  const discriminant = b * b - a * (ox * ox + oy * oy - radius * radius);
  if (a === 0 || discriminant < 0) return MISS;
  const root = Math.sqrt(discriminant);
  const near = (-b - root) / a;
  if (near >= 0 && Math.abs(oz + near * dz) <= half) return near;
  const far = (-b + root) / a;
  return far >= 0 && Math.abs(oz + far * dz) <= half ? far : MISS;
}

/** Fills `out` with the unit normal at a point of a shape's surface, in its own frame. */
export function normalAt(shape: Shape, size: Size, x: number, y: number, z: number, out: Float64Array): void {
  out.fill(0);
  if (shape === "plane") out[2] = 1;
  else if (shape === "box") {
    const rx = Math.abs(x) / size[0];
    const ry = Math.abs(y) / size[1];
    const rz = Math.abs(z) / size[2];
    if (rx >= ry && rx >= rz) out[0] = Math.sign(x);
    else if (ry >= rz) out[1] = Math.sign(y);
    else out[2] = Math.sign(z);
  } else if (shape === "cylinder" && size[1] - Math.abs(z) < size[0] - Math.hypot(x, y)) out[2] = Math.sign(z);
  else {
    const middle = shape === "sphere" ? 0 : Math.min(size[1], Math.max(-size[1], z));
    const along = shape === "cylinder" ? 0 : z - middle;
    const length = Math.sqrt(x * x + y * y + along * along) || 1;
    out[0] = x / length;
    out[1] = y / length;
    out[2] = along / length;
  }
}

/** Radius around a shape's origin that holds all of it, m; Infinity for a plane. */
export function boundingRadius(shape: Shape, size: Size): number {
  switch (shape) {
    case "plane":
      return Number.POSITIVE_INFINITY;
    case "sphere":
      return size[0];
    case "capsule":
      return size[0] + size[1];
    case "cylinder":
      return Math.sqrt(size[0] ** 2 + size[1] ** 2);
    case "box":
      return Math.sqrt(size[0] ** 2 + size[1] ** 2 + size[2] ** 2);
  }
}
