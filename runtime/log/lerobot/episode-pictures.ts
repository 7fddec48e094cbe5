import type { StepImage } from "../../wire/images.ts";
import { imageKey } from "./features.ts";
import { type Feature, type Features, isPicture } from "./format.ts";
import { PictureHistogram } from "./histogram.ts";
import type { StoredPicture } from "./parquet.ts";
import { encodePng } from "./png-encoder.ts";
import type { FeatureSummary } from "./statistics.ts";
import { VideoEncoder } from "./video-encoder.ts";

interface Camera {
  readonly key: string;
  readonly width: number;
  readonly height: number;
  readonly histogram: PictureHistogram;
  readonly pngs: StoredPicture[];
  /** Undefined where pictures are PNG files. */
  readonly video: VideoEncoder | undefined;
}

/** What an episode's cameras saw, while it is written: PNG files for its rows, or a video each. */
export class EpisodePictures {
  readonly #cameras: readonly Camera[];

  /** `videoPath`: where the video of a feature is written. */
  constructor(features: Features, fps: number, ffmpeg: string, videoPath: (key: string) => string) {
    this.#cameras = Object.entries(features)
      .filter(([, feature]) => isPicture(feature))
      .map(
        ([
          key,
          {
            dtype,
            shape: [height = 1, width = 1],
          },
        ]: [string, Feature]) => ({
          key,
          width,
          height,
          histogram: new PictureHistogram(),
          pngs: [],
          video: dtype === "video" ? new VideoEncoder(ffmpeg, videoPath(key), { width, height, fps }) : undefined,
        }),
      );
  }

  async add(frame: number, images: readonly StepImage[]): Promise<void> {
    for (const { key, width, height, histogram, pngs, video } of this.#cameras) {
      const { data } = images.find(({ name }) => imageKey(name) === key)!;
      const rgb = asRgb(data, width * height);
      histogram.add(rgb);
      if (video !== undefined) await video.add(rgb);
      else pngs.push({ bytes: encodePng(rgb, width, height), path: `frame-${String(frame).padStart(6, "0")}.png` });
    }
  }

  /** The videos are whole when this resolves. */
  async finish(): Promise<void> {
    for (const { video } of this.#cameras) await video?.finish();
  }

  async kill(): Promise<void> {
    for (const { video } of this.#cameras) await video?.kill();
  }

  pngs(key: string): readonly StoredPicture[] {
    return this.#cameras.find((camera) => camera.key === key)!.pngs;
  }

  summary(key: string): FeatureSummary {
    return this.#cameras.find((camera) => camera.key === key)!.histogram.summary();
  }
}

/** Grey becomes RGB: LeRobot knows nothing else. */
function asRgb(data: Uint8Array, pixels: number): Uint8Array {
  const channels = data.length / pixels;
  if (channels === 3) return data;
  if (channels !== 1) throw new Error(`pictures: expected 1 or 3 channels, found ${channels}`);
  const rgb = new Uint8Array(3 * pixels);
  for (let i = 0; i < rgb.length; i++) rgb[i] = data[Math.floor(i / 3)]!;
  return rgb;
}
