/**
 * LeRobotDataset v3.0 as far as both directions need it: info.json, where files lie, and what every dataset has.
 * Source: lerobot 0.4.4, datasets/utils.py and datasets/lerobot_dataset.py.
 */

export const CODEBASE_VERSION = "v3.0";
export const DATA_PATH = "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet";
export const VIDEO_PATH = "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4";
export const EPISODES_PATH = "meta/episodes/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet";
export const TASKS_PATH = "meta/tasks.parquet";
export const STATS_PATH = "meta/stats.json";
export const INFO_PATH = "meta/info.json";
/** Files a chunk holds at most. */
export const CHUNK_FILES = 1000;

/** Keys of the numbers that a step's action led to, in LeRobot's words. */
export const NEXT = "next.";

export interface Feature {
  readonly dtype: string;
  /** [1] is a number by itself. */
  readonly shape: readonly number[];
  readonly names: readonly string[] | null;
  readonly info?: Readonly<Record<string, unknown>>;
}

export type Features = Readonly<Record<string, Feature>>;

export interface DatasetInfo {
  readonly codebase_version: string;
  readonly robot_type: string | null;
  readonly total_episodes: number;
  readonly total_frames: number;
  readonly fps: number;
  readonly data_path: string;
  readonly video_path: string | null;
  readonly features: Features;
}

/** What LeRobot counts by itself. */
export const COUNTED: Features = {
  timestamp: { dtype: "float32", shape: [1], names: null },
  frame_index: { dtype: "int64", shape: [1], names: null },
  episode_index: { dtype: "int64", shape: [1], names: null },
  index: { dtype: "int64", shape: [1], names: null },
  task_index: { dtype: "int64", shape: [1], names: null },
};

export function isPicture({ dtype }: Feature): boolean {
  return dtype === "image" || dtype === "video";
}

/** Fills in a path, as Python's `str.format` does: `{name}`, `{name:03d}`. */
export function fillPath(path: string, values: Readonly<Record<string, string | number>>): string {
  return path.replaceAll(/\{(\w+)(?::0(\d+)d)?\}/g, (whole, name: string, width = "0") =>
    Object.hasOwn(values, name) ? String(values[name]).padStart(Number(width), "0") : whole,
  );
}
