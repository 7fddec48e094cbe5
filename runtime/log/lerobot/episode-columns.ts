import type { EpisodePictures } from "./episode-pictures.ts";
import { type Features, isPicture } from "./format.ts";
import type { FrameValues } from "./frame-values.ts";
import type { Column, Kind } from "./parquet.ts";
import { type FeatureSummary, statisticsOf, summarise } from "./statistics.ts";

/** Where an episode's frames stand in the dataset. */
export interface EpisodeAt {
  readonly episode: number;
  readonly firstFrame: number;
  readonly rateHz: number;
}

export type Summaries = Readonly<Record<string, FeatureSummary>>;

/** The columns of an episode's data file: all features that are not in videos. */
export function frameColumns(
  features: Features,
  frames: readonly FrameValues[],
  pictures: EpisodePictures,
  { episode, firstFrame, rateHz }: EpisodeAt,
): Column[] {
  const counted: Readonly<Record<string, (i: number) => number | bigint>> = {
    timestamp: (i) => i / rateHz,
    frame_index: (i) => BigInt(i),
    episode_index: () => BigInt(episode),
    index: (i) => BigInt(firstFrame + i),
    task_index: () => 0n,
  };
  return Object.entries(features)
    .filter(([, { dtype }]) => dtype !== "video")
    .map(([name, { dtype, shape }]): Column => {
      if (dtype === "image") return { name, kind: "image", depth: 0, data: pictures.pngs(name) };
      const count = counted[name];
      const data = frames.map((frame, i) => (count === undefined ? frame[name]! : count(i)));
      // A single number stands alone, as its feature's shape [1] says to LeRobot.
      const isAlone = shape[0] === 1;
      const values = isAlone ? data.map((value) => (Array.isArray(value) ? value[0] : value)) : data;
      return { name, kind: dtype as Kind, depth: isAlone ? 0 : 1, data: values };
    });
}

export function summariesOf(features: Features, columns: readonly Column[], pictures: EpisodePictures): Summaries {
  const all = Object.entries(features).map(([key, feature]): [string, FeatureSummary] => {
    if (isPicture(feature)) return [key, pictures.summary(key)];
    return [key, summaryOf(columns.find(({ name }) => name === key)!.data)];
  });
  return Object.fromEntries(all);
}

/** The episode's row in meta/episodes: what it is, where it lies, its statistics. */
export function episodeColumns(
  features: Features,
  summaries: Summaries,
  row: EpisodeAt & {
    readonly length: number;
    readonly task: string;
    readonly chunk_index: number;
    readonly file_index: number;
  },
): Column[] {
  const { episode, firstFrame, rateHz, length, task } = row;
  const integer = (name: string, value: number): Column => column(name, "int64", BigInt(value));
  const place = (of: string): Column[] => [
    integer(`${of}/chunk_index`, row.chunk_index),
    integer(`${of}/file_index`, row.file_index),
  ];
  const videos = Object.keys(features).filter((key) => features[key]!.dtype === "video");
  return [
    integer("episode_index", episode),
    column("tasks", "string", [task], 1),
    integer("length", length),
    ...place("data"),
    integer("dataset_from_index", firstFrame),
    integer("dataset_to_index", firstFrame + length),
    ...videos.flatMap((key) => [
      ...place(`videos/${key}`),
      column(`videos/${key}/from_timestamp`, "float64", 0),
      column(`videos/${key}/to_timestamp`, "float64", length / rateHz),
    ]),
    ...Object.entries(summaries).flatMap(([key, summary]) =>
      statisticsColumns(key, summary, isPicture(features[key]!)),
    ),
    ...place("meta/episodes"),
  ];
}

function statisticsColumns(key: string, summary: FeatureSummary, picture: boolean): Column[] {
  return Object.entries(statisticsOf(summary, picture)).map(([name, value]) =>
    name === "count"
      ? column(`stats/${key}/count`, "int64", [BigInt(summary.count)], 1)
      : column(`stats/${key}/${name}`, "float64", value, picture ? 3 : 1),
  );
}

/** Of a single row. */
function column(name: string, kind: Kind, value: unknown, depth = 0): Column {
  return { name, kind, depth, data: [value] };
}

function summaryOf(rows: readonly unknown[]): FeatureSummary {
  const [first] = rows;
  const dimensions = Array.isArray(first) ? first.length : 1;
  const at = (row: unknown, i: number): number => Number(Array.isArray(row) ? row[i] : row);
  return {
    count: rows.length,
    dimensions: Array.from({ length: dimensions }, (_, i) => summarise(rows.map((row) => at(row, i)))),
  };
}
