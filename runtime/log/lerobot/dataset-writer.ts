import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { StepSchema } from "../../step.ts";
import { episodeColumns, frameColumns, summariesOf } from "./episode-columns.ts";
import { EpisodePictures } from "./episode-pictures.ts";
import {
  CHUNK_FILES,
  CODEBASE_VERSION,
  DATA_PATH,
  EPISODES_PATH,
  type Features,
  fillPath,
  INFO_PATH,
  isPicture,
  STATS_PATH,
  TASKS_PATH,
  VIDEO_PATH,
} from "./format.ts";
import { type FrameValues, frameValues } from "./frame-values.ts";
import type { Frame } from "./frames.ts";
import { encodeParquet } from "./parquet.ts";
import { aggregate, type FeatureSummary, statisticsOf } from "./statistics.ts";
import { encodeTasks } from "./tasks.ts";
import { draftOf, finishDraft, writeWholeFile } from "./whole-file.ts";

export interface DatasetOptions {
  readonly directory: string;
  readonly schema: StepSchema;
  readonly features: Features;
  /** Needed where a feature is a video. */
  readonly ffmpeg: string;
}

interface Episode {
  readonly frames: FrameValues[];
  readonly pictures: EpisodePictures;
}

/**
 * Writes a LeRobotDataset, an episode a file. Each is whole and on the disk before the files that speak of it, and info.json,
 * which says how many there are, is last: whoever is killed leaves a dataset of the episodes before.
 */
export class DatasetWriter {
  readonly #options: DatasetOptions;
  #episode: Episode | undefined;
  #summaries: Readonly<Record<string, FeatureSummary>> = {};
  #episodes = 0;
  #frames = 0;

  /** Throws when there is something in the directory. */
  constructor(options: DatasetOptions) {
    const { directory } = options;
    if (existsSync(directory) && readdirSync(directory).length > 0) {
      throw new Error(`${directory}: expected no directory there yet, or an empty one, found something in it`);
    }
    mkdirSync(directory, { recursive: true });
    this.#options = options;
  }

  get episodes(): number {
    return this.#episodes;
  }

  get frames(): number {
    return this.#frames;
  }

  async add(frame: Frame): Promise<void> {
    this.#episode ??= this.#begin();
    const { frames, pictures } = this.#episode;
    await pictures.add(frames.length, frame.images);
    frames.push(frameValues(this.#options.schema, frame));
    if (!frame.ends) return;
    await pictures.finish();
    this.#finish(this.#episode);
    this.#episode = undefined;
  }

  /** Gives up an episode that has not ended. */
  async close(): Promise<void> {
    await this.#episode?.pictures.kill();
    this.#episode = undefined;
  }

  #begin(): Episode {
    const { features, schema, ffmpeg } = this.#options;
    const pictures = new EpisodePictures(features, schema.policyRateHz, ffmpeg, (key) => {
      const path = this.#path(VIDEO_PATH, { video_key: key });
      mkdirSync(dirname(path), { recursive: true });
      return draftOf(path);
    });
    return { frames: [], pictures };
  }

  #finish({ frames, pictures }: Episode): void {
    const { directory, features, schema } = this.#options;
    const at = { episode: this.#episodes, firstFrame: this.#frames, rateHz: schema.policyRateHz };
    const columns = frameColumns(features, frames, pictures, at);
    const summaries = summariesOf(features, columns, pictures);
    for (const [key, { dtype }] of Object.entries(features)) {
      if (dtype === "video") finishDraft(this.#path(VIDEO_PATH, { video_key: key }));
    }
    writeWholeFile(this.#path(DATA_PATH), encodeParquet(columns));
    if (this.#episodes === 0) writeWholeFile(join(directory, TASKS_PATH), encodeTasks([schema.task]));
    const row = { ...at, ...this.#place(), length: frames.length, task: schema.task };
    writeWholeFile(this.#path(EPISODES_PATH), encodeParquet(episodeColumns(features, summaries, row)));
    const before = this.#summaries;
    this.#summaries = Object.fromEntries(
      Object.entries(summaries).map(([key, now]) => [
        key,
        before[key] === undefined ? now : aggregate(before[key], now),
      ]),
    );
    this.#episodes++;
    this.#frames += frames.length;
    this.#describe();
  }

  #describe(): void {
    const { directory, schema, features } = this.#options;
    const statistics = Object.entries(this.#summaries).map(([key, summary]) => [
      key,
      statisticsOf(summary, isPicture(features[key]!)),
    ]);
    writeWholeFile(join(directory, STATS_PATH), json(Object.fromEntries(statistics)));
    const hasVideo = Object.values(features).some(({ dtype }) => dtype === "video");
    const info = {
      codebase_version: CODEBASE_VERSION,
      robot_type: schema.robot,
      total_episodes: this.#episodes,
      total_frames: this.#frames,
      total_tasks: 1,
      chunks_size: CHUNK_FILES,
      data_files_size_in_mb: 100,
      video_files_size_in_mb: 200,
      fps: schema.policyRateHz,
      splits: { train: `0:${this.#episodes}` },
      data_path: DATA_PATH,
      video_path: hasVideo ? VIDEO_PATH : null,
      features,
    };
    writeWholeFile(join(directory, INFO_PATH), json(info));
  }

  #place(): { chunk_index: number; file_index: number } {
    return { chunk_index: Math.floor(this.#episodes / CHUNK_FILES), file_index: this.#episodes % CHUNK_FILES };
  }

  #path(path: string, more: Readonly<Record<string, string>> = {}): string {
    return join(this.#options.directory, fillPath(path, { ...this.#place(), ...more }));
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 4)}\n`;
}
