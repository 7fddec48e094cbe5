import type { Image, ImageShape, Sample } from "../../runtime/robot.ts";

/** Something that sees. Nothing here waits for a frame, and no fault of it throws: what is wrong is said in the image. */
export interface Camera {
  readonly name: string;
  readonly shape: ImageShape;
  /** Starts it. Frames come when they come. */
  open(): Promise<void>;
  /** Where the machine is now, for one that is drawn. Waits for nothing. */
  follow?(sample: Sample): void;
  /** The newest frame and how the camera fares now; before the first frame a black one with sequence 0. */
  newest(): Image;
  counts(): CameraCounts;
  /** Safe before open, and twice. The device is free when this resolves. */
  close(): Promise<void>;
}

export interface CameraCounts {
  /** That the source gave, and of these what was seen before, and what was replaced by a newer one on its way here. */
  readonly frames: number;
  readonly repeats: number;
  readonly superseded: number;
  /** Times the source, and the process that reads it, had to be started again. */
  readonly restarts: number;
  readonly processRestarts: number;
}

export const NO_COUNTS: CameraCounts = { frames: 0, repeats: 0, superseded: 0, restarts: 0, processRestarts: 0 };
