import { type CameraCalibration, type CameraPose, parseCamera, parsePose } from "./camera.ts";
import { parseCameraInfo } from "./ros-camera-info.ts";

/**
 * A camera from what another tool measured: ROS's `camera_info` YAML, or OpenCV's numbers as JSON (`camera_matrix`,
 * `distortion_coefficients` or `dist_coeffs`, `image_width`, `image_height`, `rms` or `avg_reprojection_error`; matrices as
 * nested lists or as `{rows, cols, data}`). Throws, naming the file and the field.
 */
export function importCamera(name: string, text: string, path: string): CameraCalibration {
  const fail = (what: string): never => {
    throw new Error(`${path}: ${what}`);
  };
  const fields = text.trimStart().startsWith("{") ? json(text, fail) : parseCameraInfo(text, fail);
  const { image_width: width, image_height: height, camera_matrix, distortion_model } = fields;
  const distortion = flat(fields.distortion_coefficients ?? fields.dist_coeffs);
  const rms = fields.rms ?? fields.avg_reprojection_error;
  const many = Array.isArray(distortion) && distortion.length > 5;
  const model = distortion_model ?? (many ? "rational_polynomial" : "plumb_bob");
  return parseCamera(
    { name, width, height, matrix: flat(camera_matrix), model, distortion, ...(rms !== undefined && { rms }) },
    fail,
  );
}

/** Where a camera sits, from JSON: `{position, rotation}` (m; w x y z), or `{matrix}`, 4×4 row by row, camera to base. */
export function importPose(text: string, path: string): CameraPose {
  const fail = (what: string): never => {
    throw new Error(`${path}: ${what}`);
  };
  return parsePose(json(text, fail), fail);
}

function json(text: string, fail: (what: string) => never): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found === "object" && found !== null && !Array.isArray(found)) return found as Record<string, unknown>;
  } catch (error) {
    return fail(`not JSON: ${(error as Error).message}`);
  }
  return fail("expected an object");
}

/** A matrix row by row, whichever way it was written. */
function flat(value: unknown): unknown {
  const { data } = (typeof value === "object" && value !== null ? value : {}) as { data?: unknown };
  const list = data ?? value;
  return Array.isArray(list) ? list.flat(2) : list;
}
