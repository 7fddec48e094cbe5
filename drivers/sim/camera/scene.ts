/** Shapes as MuJoCo names them; `size` is also MuJoCo's, m. */
export type Shape = "plane" | "sphere" | "capsule" | "cylinder" | "box";

/** One thing there is to see. */
export interface Geom {
  readonly shape: Shape;
  /** plane: half sizes x y, 0 is endless; sphere: radius; capsule, cylinder: radius, half length (z); box: half sizes. m */
  readonly size: readonly [number, number, number];
  /** 0 to 1; with an alpha of 0 it is not seen. */
  readonly rgba: readonly [number, number, number, number];
}

/** Where everything is, flat, as MuJoCo keeps it: only good until its next step. */
export interface Poses {
  /** 3 a geom, m, world. */
  readonly positions: Float64Array;
  /** 9 a geom, row by row, geom to world. */
  readonly rotations: Float64Array;
}
