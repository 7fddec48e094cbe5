import { readFileSync } from "node:fs";
import { importCamera, importPose } from "../../../calibration/camera-import.ts";
import { saveCalibration } from "../../../calibration/file.ts";
import type { RobotDefinition } from "../../../robots/definition.ts";
import { UsageError } from "../usage-error.ts";
import { type CalibrateCommand, existing, pathOf } from "./settings.ts";

/** Adds what another tool measured of a camera to a robot's calibration. */
export function camera(
  { spec }: RobotDefinition,
  settings: CalibrateCommand,
  name: string,
  { intrinsics, extrinsics }: { readonly intrinsics: string | undefined; readonly extrinsics: string | undefined },
): number {
  if (intrinsics === undefined && extrinsics === undefined) {
    throw new UsageError(
      "calibrate --camera: expected --intrinsics <file>, --extrinsics <file> or both, found neither",
    );
  }
  const none = { robot: spec.name, serials: [], method: "imported", joints: [] };
  const before = existing(settings) ?? { ...none, created: new Date().toISOString() };
  const known = before.cameras?.find((each) => each.name === name);
  const measured =
    intrinsics === undefined
      ? known
      : {
          ...importCamera(name, readFileSync(intrinsics, "utf8"), intrinsics),
          ...(known?.pose && { pose: known.pose }),
        };
  if (measured === undefined) {
    throw new Error(
      `${spec.name}: camera ${name}: expected its intrinsics before where it sits, found none; add --intrinsics <file>`,
    );
  }
  const complete =
    extrinsics === undefined
      ? measured
      : { ...measured, pose: importPose(readFileSync(extrinsics, "utf8"), extrinsics) };
  const others = (before.cameras ?? []).filter((each) => each.name !== name);
  saveCalibration({ ...before, cameras: [...others, complete] }, pathOf(settings));
  const { width, height, model, rms } = complete;
  console.log(
    `${spec.name}: camera ${name}, ${width}×${height}, ${model}${rms === undefined ? "" : `, rms ${rms} pixels`}, kept in ${pathOf(settings)}.`,
  );
  return 0;
}
