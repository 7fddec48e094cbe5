import type { ImageShape } from "../../../runtime/robot.ts";
import type { Rectangle } from "../picture.ts";
import type { Resize } from "../resize.ts";
import type { FfmpegInput, SourceSettings } from "../settings.ts";

export type FfmpegSource = Extract<SourceSettings, { kind: "ffmpeg" }>;

export interface Wanted {
  readonly shape: ImageShape;
  readonly resize: Resize;
  readonly crop?: Rectangle;
}

/** What says how ffmpeg keeps a rate; renamed with 5.1. */
export type RateOption = "-fps_mode" | "-vsync";

/** height × width × channels of the raw frames that these arguments make ffmpeg write. */
export function rawShape({ width, height, scaledBy }: FfmpegSource, { shape }: Wanted): ImageShape {
  return scaledBy === "ffmpeg" ? shape : [height, width, shape[2]];
}

/**
 * Arguments for ffmpeg (ffmpeg.org/ffmpeg.html) to write raw frames of `rawShape` to its output, each as it comes: none
 * repeated and none left out to keep a rate, one thread, as frame threads hold frames back.
 */
export function ffmpegArguments(source: FfmpegSource, wanted: Wanted, rateOption: RateOption): string[] {
  const { input, width, height, scaledBy } = source;
  const { resize, crop } = wanted;
  const [rows, columns, channels] = rawShape(source, wanted);
  const filters = [];
  if (scaledBy === "ffmpeg" && crop !== undefined) {
    // The place of a crop is in pixels of the size that was said, whatever the source really sends.
    filters.push(`scale=${width}:${height}`, `crop=${crop.width}:${crop.height}:${crop.x}:${crop.y}`);
  }
  const flags = resize === "nearest" ? "neighbor" : "area";
  filters.push(`scale=${columns}:${rows}:flags=${flags}`);
  return [
    ...["-hide_banner", "-loglevel", "error", "-nostdin"],
    ...inputArguments(input, width, height),
    ...["-map", "0:v:0", "-vf", filters.join(","), "-pix_fmt", channels === 1 ? "gray" : "rgb24"],
    ...[rateOption, "passthrough"],
    ...["-threads", "1", "-flush_packets", "1", "-f", "rawvideo", "pipe:1"],
  ];
}

function inputArguments(input: FfmpegInput, width: number, height: number): string[] {
  const live = ["-threads", "1", "-fflags", "nobuffer", "-flags", "low_delay"];
  const size = `${width}x${height}`;
  switch (input.from) {
    case "v4l2": {
      const { device, format, rateHz } = input;
      const asked = ["-input_format", format, "-framerate", String(rateHz), "-video_size", size];
      return [...live, "-f", "v4l2", ...asked, "-i", device];
    }
    case "url":
      return [...live, ...(input.url.startsWith("rtsp:") ? ["-rtsp_transport", "tcp"] : []), "-i", input.url];
    case "file": {
      const rate = input.rateHz === undefined ? [] : ["-framerate", String(input.rateHz)];
      return ["-threads", "1", "-re", "-stream_loop", "-1", ...rate, "-i", `file:${input.path}`];
    }
    case "test":
      return ["-re", "-f", "lavfi", "-i", `testsrc=size=${size}:rate=${input.rateHz}`];
  }
}
