import { availableParallelism, loadavg } from "node:os";
import { LEARNER_DEFAULTS } from "../../../learner/config.ts";
import type { Ring } from "../../../learner/replay/ring.ts";
import { rowBytes } from "../../../learner/replay/room.ts";
import { type RowSizes, rowSizes } from "../../../learner/replay/row.ts";
import { type SamplerSettings, sampleSequences } from "../../../learner/replay/sampler.ts";
import { ReplayStore } from "../../../learner/replay/store.ts";
import { Random } from "../../random.ts";
import type { StepSchema } from "../../step.ts";

export interface MeasureReplayOptions {
  readonly schema: StepSchema;
  /** Rows without and with images. */
  readonly steps: number;
  readonly images: number;
  /** For all draws together. */
  readonly seconds: number;
  /** Makes updates, one after the other; yields the wall time of each, ms. */
  readonly updates: () => AsyncGenerator<number>;
  readonly onMemory: (memory: MemoryUse) => void;
  readonly onDraw: (draw: DrawSpeed) => void;
}

export interface MemoryUse {
  /** "rows": the robot's float32 tensors; "images": those and a camera. */
  readonly memory: "rows" | "images";
  readonly rows: number;
  readonly rowBytes: number;
  /** What the process grew by. */
  readonly rssMB: number;
  readonly rowsPerSecond: number;
}

export interface DrawSpeed {
  readonly memory: MemoryUse["memory"];
  readonly draw: string;
  readonly batch: number;
  readonly length: number;
  /** Whether the batch holds the images. */
  readonly images: boolean;
  readonly batchesPerSecond: number;
  /** Time of the processor for one batch, mean: what other programs took meanwhile is not in it. */
  readonly cpuMs: number;
  readonly medianMs: number;
  readonly longestMs: number;
}

export interface ReplaySpeed {
  readonly cores: number;
  readonly loadBefore: number;
  readonly memories: readonly MemoryUse[];
  readonly draws: readonly DrawSpeed[];
  /** Of the whole process with both memories full. */
  readonly rssMB: number;
  /** Of a default update of robot-small on one thread, drawing left out: wall time, median, and the processor's, mean. */
  readonly updateMs: number;
  readonly updateCpuMs: number;
  /** Processor time to draw a default batch as a run does, of that of an update. */
  readonly defaultShare: number;
  /** The slowest draw's. */
  readonly worstShare: number;
}

const CAMERA = { name: "camera", dtype: "uint8", shape: [64, 64, 3], units: ["1"] } as const;
/** An episode ends, by itself or because the stream breaks, every so many rows. */
const EPISODE = 500;
const WARM_UPS = 5;
/** Draws of a kind, and updates, that are timed at least. */
const LEAST = 10;

const { replay } = LEARNER_DEFAULTS;
const only = (way: "uniform" | "recency" | "ends"): Partial<SamplerSettings> => ({
  recentShare: 0,
  mixture: { ...replay.mixture, uniform: 0, [way]: 1 },
});
const DRAWS: Readonly<Record<string, Partial<SamplerSettings>>> = {
  default: {},
  uniform: only("uniform"),
  recency: only("recency"),
  ends: only("ends"),
};
const LENGTHS = [replay.length, 64];

/** Fills one memory with rows and one with images too, and draws from both while both are held. */
export async function measureReplay(options: MeasureReplayOptions): Promise<ReplaySpeed> {
  const { schema, steps, images, seconds, onMemory, onDraw } = options;
  const loadBefore = loadavg()[0]!;
  const withCamera = { ...schema, observation: [...schema.observation, CAMERA] };
  const memories: MemoryUse[] = [];
  const rings: Record<MemoryUse["memory"], Ring[]> = { rows: [], images: [] };
  for (const [memory, sizes, rows] of [
    ["rows", rowSizes(schema), steps],
    ["images", rowSizes(withCamera, { images: true }), images],
  ] as const) {
    const { ring, use } = fillMemory(memory, sizes, rows);
    rings[memory].push(ring);
    memories.push(use);
    onMemory(use);
  }
  const cases = Object.keys(DRAWS).flatMap((draw) =>
    LENGTHS.flatMap((length) => [
      { memory: "rows" as const, draw, length, images: false },
      { memory: "images" as const, draw, length, images: false },
      { memory: "images" as const, draw, length, images: true },
    ]),
  );
  const draws: DrawSpeed[] = [];
  for (const each of cases) {
    const settings = { ...replay, ...DRAWS[each.draw], length: each.length };
    const speed = {
      ...each,
      batch: settings.batch,
      ...time(rings[each.memory], settings, each.images, seconds / cases.length),
    };
    draws.push(speed);
    onDraw(speed);
  }
  const rssMB = process.memoryUsage.rss() / 1e6;
  const update = await timeUpdates(options.updates());
  const share = (speeds: readonly DrawSpeed[]) => Math.max(...speeds.map(({ cpuMs }) => cpuMs)) / update.updateCpuMs;
  const asInRuns = draws.filter(
    ({ memory, draw, length }) => memory === "rows" && draw === "default" && length === replay.length,
  );
  return {
    cores: availableParallelism(),
    loadBefore,
    memories,
    draws,
    rssMB,
    ...update,
    defaultShare: share(asInRuns),
    worstShare: share(draws),
  };
}

function fillMemory(memory: MemoryUse["memory"], sizes: RowSizes, rows: number): { ring: Ring; use: MemoryUse } {
  const rssBefore = process.memoryUsage.rss();
  const random = new Random(0, memory);
  const image = Uint8Array.from({ length: 64 * 64 * 3 }, () => random.integer(256));
  const observation = new Float32Array(sizes.observation);
  const action = new Float32Array(sizes.action);
  let ring: Ring | undefined;
  const store = new ReplayStore(sizes, rows, (made) => {
    ring = made;
  });
  const began = performance.now();
  for (let row = 0; row < rows; row++) {
    observation.fill(row);
    image[row % image.length] = row;
    const place = row % EPISODE;
    const ends = { isFirst: place === 0, isTerminal: place === EPISODE - 1 };
    store.append("bench", { observation, action, reward: row, ...ends, images: { camera: image } });
  }
  const seconds = (performance.now() - began) / 1000;
  const rssMB = (process.memoryUsage.rss() - rssBefore) / 1e6;
  return { ring: ring!, use: { memory, rows, rowBytes: rowBytes(sizes), rssMB, rowsPerSecond: rows / seconds } };
}

/** Batches one after the other, after a few that warm up. */
function time(rings: readonly Ring[], settings: SamplerSettings, images: boolean, seconds: number) {
  const random = new Random(1, "bench");
  for (let i = 0; i < WARM_UPS; i++) sampleSequences(rings, settings, random, { images });
  const times: number[] = [];
  const began = performance.now();
  const before = process.cpuUsage();
  while (performance.now() < began + 1000 * seconds || times.length < LEAST) {
    const start = performance.now();
    sampleSequences(rings, settings, random, { images });
    times.push(performance.now() - start);
  }
  const cpuMs = cpuSince(before) / times.length;
  const batchesPerSecond = (1000 * times.length) / (performance.now() - began);
  times.sort((a, b) => a - b);
  return { batchesPerSecond, cpuMs, medianMs: times[times.length >> 1]!, longestMs: times.at(-1)! };
}

async function timeUpdates(updates: AsyncGenerator<number>): Promise<{ updateMs: number; updateCpuMs: number }> {
  const times: number[] = [];
  let before = process.cpuUsage();
  let warmUps = WARM_UPS;
  for await (const ms of updates) {
    if (warmUps-- > 0) before = process.cpuUsage();
    else times.push(ms);
    if (times.length === LEAST) break;
  }
  const updateCpuMs = cpuSince(before) / times.length;
  return { updateMs: times.sort((a, b) => a - b)[times.length >> 1]!, updateCpuMs };
}

/** Milliseconds of the processor that this process took. */
function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
