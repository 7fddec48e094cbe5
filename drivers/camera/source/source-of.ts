import type { WholeCameraSettings } from "../settings.ts";
import { ffmpegSource } from "./ffmpeg.ts";
import { picturesSource } from "./pictures.ts";
import type { Source } from "./source.ts";

/** The source that the settings name. */
export function sourceOf(settings: WholeCameraSettings, now: () => bigint): Source {
  const { source, ffmpeg } = settings;
  if (source.kind === "pictures") return picturesSource(source, now);
  return ffmpegSource(source, settings, { program: ffmpeg, now });
}
