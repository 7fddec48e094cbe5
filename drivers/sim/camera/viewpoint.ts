/** Where a camera looks from, for one picture. World, m; right, up and forward are orthonormal. */
export interface Viewpoint {
  readonly origin: Vector;
  readonly right: Vector;
  readonly up: Vector;
  readonly forward: Vector;
  /** Half of the vertical field of view, as a tangent. */
  readonly tangent: number;
}

export type Vector = readonly [number, number, number];

/** A pinhole camera. */
export interface CameraSpec {
  readonly position: Vector;
  /** What is in the middle of the picture. */
  readonly target: Vector;
  /** Vertical field of view, degrees. */
  readonly fieldOfView: number;
  /** Name of the body it goes with; without one it stands still, and position and target are in the world. */
  readonly body?: string;
  /**
   * With a body. "tracking": position and target are offsets from the body's place on the ground (x, y), in world axes and
   * height. "mounted": they are in the body's own frame, as of a camera screwed to it.
   */
  readonly follows?: "tracking" | "mounted";
}

/** Where a body is: position m, rotation row by row, body to world. */
export interface BodyPose {
  readonly position: ArrayLike<number>;
  readonly rotation: ArrayLike<number>;
}

/** Throws when the camera has no direction: its target is where it stands. */
export function viewpoint(camera: CameraSpec, body: BodyPose | undefined): Viewpoint {
  const { follows, fieldOfView } = camera;
  if (!(fieldOfView > 0 && fieldOfView < 180)) {
    throw new Error(`camera: expected a field of view from 0 to 180 degrees, found ${fieldOfView}`);
  }
  const mounted = body !== undefined && follows === "mounted";
  const toWorld = (point: Vector): Vector => {
    if (body === undefined) return point;
    const { position } = body;
    if (!mounted) return [point[0] + position[0]!, point[1] + position[1]!, point[2]];
    return add(turn(body.rotation, point), [position[0]!, position[1]!, position[2]!]);
  };
  const origin = toWorld(camera.position);
  const forward = unit(subtract(toWorld(camera.target), origin));
  const skyward = mounted ? turn(body.rotation, [0, 0, 1]) : ([0, 0, 1] as const);
  // Looking straight up or down, the picture's top is x.
  const level = Math.abs(dot(forward, skyward)) < 0.9999;
  const top = level ? skyward : mounted ? turn(body.rotation, [1, 0, 0]) : ([1, 0, 0] as const);
  const right = unit(cross(forward, top));
  return { origin, right, up: cross(right, forward), forward, tangent: Math.tan((fieldOfView * Math.PI) / 360) };
}

function turn(rotation: ArrayLike<number>, [x, y, z]: Vector): Vector {
  const row = (i: number) => rotation[i]! * x + rotation[i + 1]! * y + rotation[i + 2]! * z;
  return [row(0), row(3), row(6)];
}

function add(a: Vector, b: Vector): Vector {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

function subtract(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function unit(a: Vector): Vector {
  const length = Math.sqrt(dot(a, a));
  if (!(length > 0)) throw new Error("camera: expected a direction, found a target where the camera stands");
  return [a[0] / length, a[1] / length, a[2] / length];
}
