import { numbers, unitQuaternion, vector } from "./numbers.ts";
import { type Quaternion, quaternionOfRows, type Vector } from "./rotation.ts";

/** How many coefficients each distortion model has, as ROS and OpenCV name them. */
const DISTORTIONS: Readonly<Record<string, readonly number[]>> = {
  plumb_bob: [4, 5],
  rational_polynomial: [8, 12, 14],
  equidistant: [4],
};

/** What was measured of one camera, by another tool. */
export interface CameraCalibration {
  readonly name: string;
  /** Pixels of the images it was measured with. */
  readonly width: number;
  readonly height: number;
  /** fx 0 cx 0 fy cy 0 0 1, pixels. */
  readonly matrix: readonly number[];
  /** plumb_bob, rational_polynomial or equidistant. */
  readonly model: string;
  readonly distortion: readonly number[];
  /** Of the reprojection, pixels; absent: it was not said. */
  readonly rms?: number;
  /** Where it sits on the robot's base; absent: not measured. */
  readonly pose?: CameraPose;
}

/** Camera (x right, y down, z forward) to base: base = rotation · camera + position. */
export interface CameraPose {
  /** m */
  readonly position: Vector;
  readonly rotation: Quaternion;
}

export function orderedCamera(camera: CameraCalibration): CameraCalibration {
  const { name, width, height, matrix, model, distortion, rms, pose } = camera;
  return {
    ...{ name, width, height, matrix, model, distortion },
    ...(rms !== undefined && { rms }),
    ...(pose && { pose: { position: pose.position, rotation: pose.rotation } }),
  };
}

/** Throws through `fail`, naming the camera and the field. */
export function parseCamera(value: unknown, fail: (what: string) => never): CameraCalibration {
  const { name, width, height, matrix, model, distortion, rms, pose } = (value ?? {}) as Record<string, unknown>;
  if (typeof name !== "string" || name === "") return fail(`camera: expected a name, found ${JSON.stringify(name)}`);
  const wrong = (what: string): never => fail(`camera ${name}: ${what}`);
  const size = [width, height];
  if (!size.every((each) => Number.isInteger(each) && (each as number) > 0)) {
    return wrong(`expected a width and height of 1 pixel or more, found ${JSON.stringify(size)}`);
  }
  const k = numbers(matrix, 9, "matrix", wrong);
  const [fx, , cx, , fy, cy] = k as [number, number, number, number, number, number];
  const shape = [k[3], k[6], k[7]].every((each) => each === 0) && k[8] === 1 && fx > 0 && fy > 0;
  if (!shape) return wrong(`matrix: expected fx 0 cx 0 fy cy 0 0 1 with fx and fy above 0, found ${k.join(" ")}`);
  if (cx < 0 || cx > (width as number) || cy < 0 || cy > (height as number)) {
    return wrong(
      `expected its centre within ${width}×${height}, found ${cx}, ${cy}; was it measured with images of another size?`,
    );
  }
  const counts = typeof model === "string" && Object.hasOwn(DISTORTIONS, model) ? DISTORTIONS[model] : undefined;
  if (counts === undefined) {
    return wrong(`model: expected one of ${Object.keys(DISTORTIONS).join(", ")}, found ${JSON.stringify(model)}`);
  }
  const length = Array.isArray(distortion) ? distortion.length : -1;
  if (!counts.includes(length))
    return wrong(`distortion: expected ${counts.join(" or ")} numbers for ${model}, found ${length}`);
  const checked = numbers(distortion, length, "distortion", wrong);
  if (rms !== undefined && !(typeof rms === "number" && rms >= 0)) return wrong(`rms: expected pixels, found ${rms}`);
  return {
    ...{
      name,
      width: width as number,
      height: height as number,
      matrix: k,
      model: model as string,
      distortion: checked,
    },
    ...(rms !== undefined && { rms: rms as number }),
    ...(pose !== undefined && { pose: parsePose(pose, wrong) }),
  };
}

/** `{position, rotation}`, or a matrix of 4×4 or 3×4, row by row. */
export function parsePose(value: unknown, fail: (what: string) => never): CameraPose {
  const { position, rotation, matrix } = (value ?? {}) as Record<string, unknown>;
  if (matrix === undefined) {
    return {
      position: vector(position, "pose.position", fail),
      rotation: unitQuaternion(rotation, "pose.rotation", fail),
    };
  }
  const flat = Array.isArray(matrix) ? matrix.flat() : matrix;
  const m = numbers(flat, Array.isArray(flat) && flat.length === 12 ? 12 : 16, "pose.matrix", fail);
  const rows = [0, 4, 8].map((at) => m.slice(at, at + 3)) as unknown as [Vector, Vector, Vector];
  const [x, y, z] = rows;
  const determinant =
    x[0] * (y[1] * z[2] - y[2] * z[1]) - x[1] * (y[0] * z[2] - y[2] * z[0]) + x[2] * (y[0] * z[1] - y[1] * z[0]);
  const lengths = rows.map((row) => Math.hypot(...row));
  if (Math.abs(determinant - 1) > 1e-3 || lengths.some((length) => Math.abs(length - 1) > 1e-3)) {
    return fail(
      `pose.matrix: expected a rotation and metres, found rows of length ${lengths.map((each) => each.toFixed(3)).join(", ")}`,
    );
  }
  return { position: [m[3]!, m[7]!, m[11]!], rotation: quaternionOfRows(x, y, z) };
}
