import type { ImageShape } from "../../runtime/robot.ts";
import type { CameraSpec } from "../sim/camera/viewpoint.ts";
import type { MachineSpec } from "../sim/machine.ts";
import type { SimModel } from "../sim/model.ts";
import type { Rectangle } from "./picture.ts";
import { RESIZES, type Resize } from "./resize.ts";

/** What ffmpeg reads. */
export type FfmpegInput =
  /** A camera of Video4Linux, as /dev/video0; `format` as `v4l2-ctl --list-formats-ext` says, in ffmpeg's word: mjpeg, yuyv422. */
  | { readonly from: "v4l2"; readonly device: string; readonly format: string; readonly rateHz: number }
  /** As rtsp://… or http://…. */
  | { readonly from: "url"; readonly url: string }
  /** A video, at its own pace, again and again; the rate only where it has none, as one of raw JPEGs. */
  | { readonly from: "file"; readonly path: string; readonly rateHz?: number }
  /** A moving picture that ffmpeg makes itself. */
  | { readonly from: "test"; readonly rateHz: number };

export type SourceSettings =
  | {
      readonly kind: "ffmpeg";
      readonly input: FfmpegInput;
      /** Pixels of the input; a camera is asked for it. */
      readonly width: number;
      readonly height: number;
      /** Who crops and resizes: ffmpeg, so that only small frames cross the pipe, or this program. */
      readonly scaledBy: "ffmpeg" | "here";
    }
  /** Every .ppm, .pgm and .png of a directory in the order of their names, again and again. */
  | { readonly kind: "pictures"; readonly directory: string; readonly rateHz: number }
  /** The machine's simulation by its ray caster, with the noise of a sensor; drawn where samples say the machine is. */
  | {
      readonly kind: "simulation";
      readonly robot: MachineSpec;
      readonly model: SimModel;
      readonly view: CameraSpec;
      readonly width: number;
      readonly height: number;
      readonly rateHz: number;
    }
  /** Images on ROS 2. `url`: of a rosbridge server, as ws://host:9090; "": ROS 2 is on this machine. */
  | { readonly kind: "topic"; readonly topic: string; readonly url: string };

/** Every number that changes how a camera behaves. */
export const CAMERA_DEFAULTS = {
  resize: "area" as Resize,
  /** From what is seen to the arrival of its first byte, as far as it was measured, s: taken off the capture time. */
  delay: 0,
  /** How long a source may take to its first frame, and then from each to the next, before it is started again. */
  startMs: 10_000,
  silentMs: 2000,
  /** A source that shows nothing new for so long is started again; 0: never. */
  frozenMs: 5000,
  /** First pause before a source is started again; doubles each time, until one was well for `steadyMs`. */
  backoffMs: 200,
  backoffMaxMs: 10_000,
  steadyMs: 10_000,
  /** A camera's process that says nothing for so long is killed and started again. */
  hangMs: 3000,
  /** The program; found on the path. */
  ffmpeg: "ffmpeg",
};

export type CameraTuning = typeof CAMERA_DEFAULTS;

export interface CameraSettings extends Partial<CameraTuning> {
  readonly name: string;
  /** Of the frames it hands over. */
  readonly shape: ImageShape;
  readonly source: SourceSettings;
  /** What of the source's picture is seen; by default all of it. It is stretched to the shape. */
  readonly crop?: Rectangle;
}

export type WholeCameraSettings = CameraSettings & CameraTuning;

/** With the defaults where nothing is said. Throws on what cannot be, naming the camera and the setting. */
export function cameraSettings(given: CameraSettings): WholeCameraSettings {
  const settings = { ...CAMERA_DEFAULTS, ...given };
  const { name, shape, source, crop, resize } = settings;
  const refuse = (what: string, expected: string, found: unknown): never => {
    throw new Error(`camera ${name}: ${what}: expected ${expected}, found ${found}`);
  };
  const whole = (what: string, value: number, least: number): void => {
    if (!Number.isInteger(value) || value < least) refuse(what, `a whole number from ${least} up`, value);
  };
  if (!/^[\w-]+$/.test(name)) refuse("name", "letters, digits, _ and -", `"${name}"`);
  if (shape.length !== 3 || (shape[2] !== 1 && shape[2] !== 3))
    refuse("shape", "height, width and 1 or 3", `[${shape}]`);
  whole("height", shape[0], 1);
  whole("width", shape[1], 1);
  if (!RESIZES.includes(resize)) refuse("resize", RESIZES.join(" or "), `"${resize}"`);
  const least = {
    startMs: 1,
    silentMs: 1,
    frozenMs: 0,
    backoffMs: 1,
    backoffMaxMs: 1,
    steadyMs: 0,
    hangMs: 1000,
    delay: 0,
  };
  for (const [key, from] of Object.entries(least)) {
    const value = settings[key as keyof typeof least];
    if (!(Number.isFinite(value) && value >= from)) refuse(key, `at least ${from}`, value);
  }
  if (crop !== undefined) {
    whole("crop.x", crop.x, 0);
    whole("crop.y", crop.y, 0);
    whole("crop.width", crop.width, 1);
    whole("crop.height", crop.height, 1);
  }
  const rateHz = source.kind === "ffmpeg" && "rateHz" in source.input ? source.input.rateHz : undefined;
  const rate = source.kind === "pictures" || source.kind === "simulation" ? source.rateHz : rateHz;
  if (rate !== undefined && !(Number.isFinite(rate) && rate > 0)) refuse("source.rateHz", "a number above 0", rate);
  if (source.kind === "ffmpeg" || source.kind === "simulation") {
    const { width, height } = source;
    whole("source.width", width, 1);
    whole("source.height", height, 1);
    if (crop !== undefined && (crop.x + crop.width > width || crop.y + crop.height > height)) {
      refuse("crop", `a rectangle in ${width} × ${height}`, `${crop.width} × ${crop.height} at ${crop.x}, ${crop.y}`);
    }
  }
  return settings;
}
