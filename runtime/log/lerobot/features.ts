import type { StepSchema } from "../../step.ts";
import { imageTensors } from "../../wire/images.ts";
import { COUNTED, type Feature, type Features } from "./format.ts";

/** How pictures are kept: as PNG files inside the parquet files, exactly; or as H.264, smaller and not exactly. */
export const PICTURES = ["png", "video"] as const;
export type Pictures = (typeof PICTURES)[number];

export const STATE = "observation.state";
export const ACTION = "action";
export const COMMAND = "action.command";
export const CAPTURE_TIME = "observation.capture_time";

const number = (dtype: string): Feature => ({ dtype, shape: [1], names: null });

/**
 * The features of a robot's steps. Its float32 tensors, one behind the other in the schema's order, are the state; every name
 * has its unit behind it.
 */
export function featuresOf(schema: StepSchema, pictures: Pictures): Features {
  const state = schema.observation
    .filter(({ dtype }) => dtype === "float32")
    .flatMap(({ name, shape, units }) =>
      Array.from({ length: size(shape) }, (_, i) => `${name}.${i} (${units[i] ?? units[0] ?? "1"})`),
    );
  const images = imageTensors(schema).map(({ name, shape: [height = 1, width = 1] }): [string, Feature] => {
    const isVideo = pictures === "video" && height % 2 === 0 && width % 2 === 0; // 4:2:0 halves both
    const feature = { shape: [height, width, 3], names: ["height", "width", "channels"] };
    if (!isVideo) return [imageKey(name), { dtype: "image", ...feature }];
    const info = {
      "video.height": height,
      "video.width": width,
      "video.codec": "h264",
      "video.pix_fmt": "yuv420p",
      "video.is_depth_map": false,
      "video.fps": schema.policyRateHz,
      "video.channels": 3,
      has_audio: false,
    };
    return [imageKey(name), { dtype: "video", ...feature, info }];
  });
  return {
    [STATE]: { dtype: "float32", shape: [state.length], names: state },
    ...Object.fromEntries(images),
    [ACTION]: { dtype: "float32", shape: [schema.action.length], names: schema.action.map((name) => `${name} (1)`) },
    [COMMAND]: { dtype: "float32", shape: [schema.joints.length], names: schema.joints.map((name) => `${name} (rad)`) },
    "next.reward": number("float32"),
    "next.done": number("bool"),
    reward: number("float64"),
    is_first: number("bool"),
    is_terminal: number("bool"),
    has_action: number("bool"),
    intervened: number("bool"),
    policy_version: number("int64"),
    [CAPTURE_TIME]: { dtype: "int64", shape: [1], names: ["ns"] },
    ...COUNTED,
  };
}

/** Feature names have no slash. */
export function imageKey(tensor: string): string {
  return `observation.images.${tensor.replaceAll("/", "_")}`;
}

export function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
