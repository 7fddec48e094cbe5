import { type Picture, withChannels } from "../../drivers/camera/picture.ts";
import { decodePng } from "../../drivers/camera/source/png.ts";
import type { EpisodePlace, RawFrame } from "../log/lerobot/dataset-reader.ts";
import type { DatasetInfo } from "../log/lerobot/format.ts";
import { videoFrames } from "../log/lerobot/video-decoder.ts";
import type { StepSchema } from "../step.ts";
import type { Observation } from "../task.ts";

export interface PictureSource {
  readonly schema: StepSchema;
  readonly info: DatasetInfo;
  /** Features by tensor. */
  readonly images: Readonly<Record<string, string>>;
  readonly ffmpeg: string;
}

/** What the robot sees at each frame of an episode, in turn: out of PNG files in its rows, or of videos. Throws on other files. */
export async function* episodeImages(
  { schema, info, images, ffmpeg }: PictureSource,
  place: EpisodePlace,
  frames: readonly RawFrame[],
): AsyncGenerator<Observation> {
  const videos = new Map<string, AsyncGenerator<Uint8Array>>();
  for (const key of new Set(Object.values(images))) {
    const {
      dtype,
      shape: [height = 1, width = 1],
    } = info.features[key]!;
    const video = place.videos[key];
    if (dtype !== "video" || video === undefined) continue;
    videos.set(key, videoFrames(ffmpeg, { ...video, count: place.length, fps: info.fps, width, height }));
  }
  for (const frame of frames) {
    const seen = new Map<string, Picture>();
    for (const key of new Set(Object.values(images))) {
      const {
        shape: [height = 1, width = 1],
      } = info.features[key]!;
      const video = videos.get(key);
      if (video === undefined) seen.set(key, stored(frame[key], `episode ${place.episode}: ${key}`));
      else {
        const { value } = await video.next();
        if (value === undefined) throw new Error(`episode ${place.episode}: expected a frame of ${key}, found none`);
        seen.set(key, { data: value, width, height, channels: 3 });
      }
    }
    const tensors = Object.entries(images).map(([name, key]): [string, Uint8Array] => {
      const [height, width, channels = 1] = schema.observation.find((tensor) => tensor.name === name)!.shape;
      const picture = seen.get(key)!;
      if (picture.height !== height || picture.width !== width) {
        throw new Error(
          `episode ${place.episode}: ${key}: expected ${height} × ${width}, found ${picture.height} × ${picture.width}`,
        );
      }
      return [name, withChannels(picture, channels).data];
    });
    yield Object.fromEntries(tensors);
  }
  for (const video of videos.values()) await video.next(); // it says so when it was not whole
}

function stored(value: unknown, name: string): Picture {
  const { bytes } = (value ?? {}) as { readonly bytes?: unknown };
  if (!(bytes instanceof Uint8Array)) throw new Error(`${name}: expected a picture in the row, found none`);
  try {
    return decodePng(bytes);
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`);
  }
}
