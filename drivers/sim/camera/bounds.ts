import type { Viewpoint } from "./viewpoint.ts";

/** Pixels from x0, y0 up to but without x1, y1. */
export interface Bounds {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/**
 * The pixels in which a ball can be seen, a tight rectangle around it; undefined when it is out of the picture. x, y, z:
 * its centre, m, world.
 */
export function boundsOf(
  view: Viewpoint,
  width: number,
  height: number,
  x: number,
  y: number,
  z: number,
  radius: number,
): Bounds | undefined {
  const all = { x0: 0, y0: 0, x1: width, y1: height };
  if (radius === Number.POSITIVE_INFINITY) return all;
  const { origin, right, up, forward, tangent } = view;
  const dx = x - origin[0];
  const dy = y - origin[1];
  const dz = z - origin[2];
  const depth = dx * forward[0] + dy * forward[1] + dz * forward[2];
  if (depth <= -radius) return undefined;
  if (depth <= radius) return all;
  const across = dx * right[0] + dy * right[1] + dz * right[2];
  const above = dx * up[0] + dy * up[1] + dz * up[2];
  const scale = height / 2 / tangent;
  // Lines of sight that touch the ball, in the plane of depth and one picture axis.
  const square = depth * depth - radius * radius;
  const spreadX = radius * Math.sqrt(across * across + square);
  const spreadY = radius * Math.sqrt(above * above + square);
  const x0 = Math.max(0, Math.floor(width / 2 + (scale * (across * depth - spreadX)) / square));
  const x1 = Math.min(width, Math.ceil(width / 2 + (scale * (across * depth + spreadX)) / square));
  const y0 = Math.max(0, Math.floor(height / 2 - (scale * (above * depth + spreadY)) / square));
  const y1 = Math.min(height, Math.ceil(height / 2 - (scale * (above * depth - spreadY)) / square));
  return x0 < x1 && y0 < y1 ? { x0, y0, x1, y1 } : undefined;
}
