import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { type DatasetInfo, type Feature, type Features, fillPath, INFO_PATH, isPicture } from "./format.ts";

/** A dataset as far as it is known before its frames are read. */
export interface Dataset {
  readonly directory: string;
  readonly info: DatasetInfo;
  readonly episodes: readonly EpisodePlace[];
}

/** Where an episode lies. */
export interface EpisodePlace {
  readonly episode: number;
  readonly length: number;
  readonly file: string;
  /** Its first row in that file. */
  readonly firstRow: number;
  /** By feature. */
  readonly videos: Readonly<Record<string, VideoPlace>>;
}

export interface VideoPlace {
  readonly file: string;
  /** Of its first frame, s. */
  readonly fromSeconds: number;
}

/** A frame as the files have it: numbers, lists of them, booleans, text, or `{bytes, path}` of a picture. */
export type RawFrame = Readonly<Record<string, unknown>>;

/** Throws on anything but a LeRobotDataset v3, naming what was found and what would make it one. */
export async function openDataset(directory: string): Promise<Dataset> {
  const info = readInfo(join(directory, INFO_PATH));
  const rows = await episodeRows(join(directory, "meta", "episodes"));
  const episodes: EpisodePlace[] = [];
  const filled = new Map<string, number>();
  for (const row of rows.slice(0, info.total_episodes)) {
    const at = (name: string): number => wholeNumber(`${directory}: meta/episodes: ${name}`, row[name]);
    const file = inside(directory, fillPath(info.data_path, indices(at, "data")));
    const videos = Object.entries(info.features)
      .filter(([, { dtype }]) => dtype === "video")
      .map(([key]): [string, VideoPlace] => {
        const path = fillPath(info.video_path ?? "", { video_key: key, ...indices(at, `videos/${key}`) });
        return [key, { file: inside(directory, path), fromSeconds: Number(row[`videos/${key}/from_timestamp`]) }];
      });
    const firstRow = filled.get(file) ?? 0;
    const length = at("length");
    filled.set(file, firstRow + length);
    episodes.push({ episode: at("episode_index"), length, file, firstRow, videos: Object.fromEntries(videos) });
  }
  if (episodes.length < info.total_episodes) {
    throw new Error(
      `${directory}: expected ${info.total_episodes} episodes in meta/episodes, found ${episodes.length}`,
    );
  }
  return { directory, info, episodes };
}

/** The frames of one episode in their order. Throws where they are not those that the dataset says. */
export async function readFrames(
  { file, firstRow, length, episode }: EpisodePlace,
  columns: readonly string[],
): Promise<RawFrame[]> {
  const buffer = await asyncBufferFromFile(file);
  const metadata = await parquetMetadataAsync(buffer);
  const frames = await parquetReadObjects({
    file: buffer,
    metadata,
    columns: [...new Set([...columns, "episode_index", "frame_index"])],
    rowStart: firstRow,
    rowEnd: firstRow + length,
    utf8: false,
  });
  const wrong = frames.findIndex((row, i) => Number(row.episode_index) !== episode || Number(row.frame_index) !== i);
  if (wrong >= 0 || frames.length !== length) {
    const found = wrong < 0 ? `${frames.length} rows` : `${frames[wrong]!.episode_index}/${frames[wrong]!.frame_index}`;
    throw new Error(
      `${file}: expected the ${length} frames of episode ${episode} from row ${firstRow} on, found ${found}`,
    );
  }
  return frames;
}

function readInfo(path: string): DatasetInfo {
  if (!existsSync(path)) throw new Error(`${path}: expected a LeRobotDataset, found no such file`);
  let info: Partial<DatasetInfo>;
  try {
    info = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Error(`${path}: expected JSON, found ${(error as Error).message}`);
  }
  const { codebase_version: version, features, fps, total_episodes, data_path } = info;
  if (typeof version !== "string" || !/^v3\./.test(version)) {
    throw new Error(
      `${path}: expected codebase_version v3.0, found ${JSON.stringify(version)}; lerobot's convert_dataset_v21_to_v30 makes one of v2.1`,
    );
  }
  if (!isFeatures(features))
    throw new Error(`${path}: expected features, each with dtype and shape, found something else`);
  if (typeof fps !== "number" || !(fps > 0)) throw new Error(`${path}: expected fps above 0, found ${fps}`);
  if (!Number.isSafeInteger(total_episodes) || typeof data_path !== "string") {
    throw new Error(`${path}: expected total_episodes and data_path, found ${total_episodes} and ${data_path}`);
  }
  return info as DatasetInfo;
}

function isFeatures(value: unknown): value is Features {
  if (typeof value !== "object" || value === null) return false;
  const isSize = (size: unknown): boolean => Number.isSafeInteger(size) && (size as number) > 0;
  return Object.values(value).every((feature: Partial<Feature> | null) => {
    const { dtype, shape } = feature ?? {};
    return typeof dtype === "string" && Array.isArray(shape) && shape.every(isSize);
  });
}

async function episodeRows(directory: string): Promise<RawFrame[]> {
  const files = existsSync(directory) ? readdirSync(directory, { recursive: true, encoding: "utf8" }) : [];
  const rows: RawFrame[] = [];
  for (const name of files.filter((file) => file.endsWith(".parquet")).sort()) {
    const buffer = await asyncBufferFromFile(join(directory, name));
    const metadata = await parquetMetadataAsync(buffer);
    const columns = metadata.schema
      .map((element) => element.name)
      .filter((column) => /^(episode_index|length|(data|videos\/.*)\/.*)$/.test(column));
    rows.push(...(await parquetReadObjects({ file: buffer, metadata, columns: [...new Set(columns)] })));
  }
  return rows.sort((a, b) => Number(a.episode_index) - Number(b.episode_index));
}

function indices(at: (name: string) => number, of: string): { chunk_index: number; file_index: number } {
  return { chunk_index: at(`${of}/chunk_index`), file_index: at(`${of}/file_index`) };
}

function wholeNumber(name: string, value: unknown): number {
  const number = Number(value);
  if (value === undefined || !Number.isSafeInteger(number) || number < 0) {
    throw new Error(`${name}: expected a whole number, found ${value}`);
  }
  return number;
}

/** A dataset's own files, and no others. */
function inside(directory: string, path: string): string {
  const whole = join(directory, path);
  if (path === "" || relative(directory, whole).startsWith("..")) {
    throw new Error(`${directory}: expected paths in it, found "${path}"`);
  }
  return whole;
}

/** Numbers of one frame's feature, 0 for a picture. */
export function width(feature: Feature): number {
  return isPicture(feature) ? 0 : feature.shape.reduce((product, size) => product * size, 1);
}
