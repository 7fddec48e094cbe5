import type { Sample } from "../../runtime/robot.ts";

/** Where a machine is, for whoever draws it. */
export interface Pose extends Pick<Sample, "timeNs" | "position" | "sensors"> {
  /** Of its base, where it floats: "position" and "orientation", as `SimModel.base` has them. */
  readonly sensors: Sample["sensors"];
}

/** A copy: the sample's arrays are overwritten by the next read. */
export function poseOf({ timeNs, position, sensors }: Sample): Pose {
  const { position: place, orientation } = sensors;
  const base =
    place === undefined || orientation === undefined
      ? {}
      : { position: place.slice(), orientation: orientation.slice() };
  return { timeNs, position: position.slice(), sensors: base };
}

/** Hands poses on to whoever draws them just now; those that come while nobody does are left out. */
export class PoseInlet {
  draw: (pose: Pose) => void = () => {};
}
