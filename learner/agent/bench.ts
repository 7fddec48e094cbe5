import * as tf from "@tensorflow/tfjs-core";
import { Random } from "../../runtime/random.ts";
import type { StepSchema } from "../../runtime/step.ts";
import { BATCH, NOISE } from "../algorithm/update-program.ts";
import { Builder, type Node, schedule, sizeOf } from "../compile/graph.ts";
import { compile, load, type Program } from "../compile/program.ts";
import { LEARNER_DEFAULTS, type LearnerConfig } from "../config.ts";
import { useEager } from "../nn/eager.ts";
import { type AgentSpec, agentSpec } from "./spec.ts";
import { initialState } from "./state.ts";
import { updateInputs, updateProgram } from "./update-program.ts";

/** What an update is asked to do. */
export type Workload = "default" | "heavy";

export interface BenchLearnerOptions {
  readonly workload: Workload;
  readonly threads: number;
  /** Wall time for the updates, after a few that warm up. */
  readonly seconds: number;
  /** Whether to time the same update on tfjs's plain CPU backend too; that takes a minute. */
  readonly eager: boolean;
}

export interface GemmSpeed {
  /** [m, k]·[k, n] */
  readonly m: number;
  readonly k: number;
  readonly n: number;
  /** How often one update multiplies matrices of these sizes. */
  readonly count: number;
  /** Reached by that product alone, in the same runtime. */
  readonly gflopPerSecond: number;
}

export interface LearnerSpeed {
  readonly workload: Workload;
  readonly threads: number;
  /** Median and fastest wall time of one update, ms. */
  readonly updateMs: number;
  readonly fastestMs: number;
  /** Of the matrix products of one update, 1e9 operations. */
  readonly gflop: number;
  readonly gflopPerSecond: number;
  readonly nodes: number;
  /** Tracing, improving and loading the update, ms. */
  readonly compileMs: number;
  /** The matrix products that make up most of the work, each timed alone: the machine's limit. */
  readonly gemm: readonly GemmSpeed[];
  /** The same update, operation by operation on tfjs's CPU backend. */
  readonly eagerMs?: number;
}

/** A quadruped's schema: what robot-small is meant for. */
const SCHEMA: StepSchema = {
  robot: "bench",
  task: "bench",
  observation: [{ name: "body", dtype: "float32", shape: [18], units: new Array(18).fill("1") }],
  action: Array.from({ length: 12 }, (_, i) => `joint ${i}`),
  joints: Array.from({ length: 12 }, (_, i) => `joint ${i}`),
  policyRateHz: 20,
  rewardOffset: 0,
  canTerminate: false,
};

/** "default" is how a run learns out of the box; "heavy" a longer batch, every state imagined from, REINFORCE. */
function configOf(workload: Workload): LearnerConfig {
  const { agent, replay } = LEARNER_DEFAULTS;
  if (workload === "default") return LEARNER_DEFAULTS;
  return {
    ...LEARNER_DEFAULTS,
    agent: { ...agent, actor: "reinforce", imagineLast: 0 },
    replay: { ...replay, length: 32 },
  };
}

/** Times whole updates of robot-small and the products they are made of. */
export async function benchLearner({ workload, threads, seconds, eager }: BenchLearnerOptions): Promise<LearnerSpeed> {
  const config = configOf(workload);
  const spec = agentSpec(SCHEMA, config);
  const began = performance.now();
  const program = await compile(updateInputs(spec, config), updateProgram(spec, config), { threads });
  const compileMs = performance.now() - began;
  const feeds = randomFeeds(spec, config);
  const times = await timeUpdates(program, feeds, seconds);
  const products = schedule(program.graph.outputs).filter(({ op }) => op === "Gemm");
  const gflop = products.reduce((sum, node) => sum + flopOf(node), 0) / 1e9;
  const updateMs = times[times.length >> 1]!;
  const speed = {
    workload,
    threads,
    updateMs,
    fastestMs: times[0]!,
    gflop,
    gflopPerSecond: gflop / (updateMs / 1000),
    nodes: schedule(program.graph.outputs).length,
    compileMs,
    gemm: await benchProducts(products, threads),
  };
  await program.close();
  return eager ? { ...speed, eagerMs: await timeEager(spec, config, feeds) } : speed;
}

function randomFeeds(spec: AgentSpec, config: LearnerConfig): Record<string, Float32Array> {
  const random = new Random(0, "bench");
  const feeds = initialState(spec, 0);
  for (const [name, { shape }] of Object.entries(updateInputs(spec, config))) {
    const flag = name.startsWith(`${BATCH}is`);
    const uniform = name.startsWith(NOISE) && !name.endsWith("Action");
    feeds[name] ??= Float32Array.from({ length: sizeOf(shape) }, () =>
      flag ? 0 : uniform ? random.uniform() : random.normal(),
    );
  }
  return feeds;
}

/** Makes updates of robot-small on one thread, one after the other, for ever; yields the wall time of each, ms. */
export async function* trainFlatOut(): AsyncGenerator<number, never> {
  const config = configOf("default");
  const spec = agentSpec(SCHEMA, config);
  const program = await compile(updateInputs(spec, config), updateProgram(spec, config), { threads: 1 });
  return yield* updates(program, randomFeeds(spec, config));
}

/** Wall time of one update after another, ms. Each goes on from the state the last one left. */
async function* updates(program: Program, feeds: Record<string, Float32Array>): AsyncGenerator<number, never> {
  let state: Record<string, Float32Array> = feeds;
  let spare: Record<string, Float32Array> = Object.fromEntries(
    Object.entries(feeds).map(([name, data]) => [name, data.slice()]),
  );
  for (;;) {
    const start = performance.now();
    await program.run(state, spare);
    yield performance.now() - start;
    [state, spare] = [spare, state];
  }
}

/** Wall times, sorted, ms. */
async function timeUpdates(program: Program, feeds: Record<string, Float32Array>, seconds: number): Promise<number[]> {
  const times: number[] = [];
  const warmUps = 3;
  const end = performance.now() + 1000 * seconds;
  for await (const ms of updates(program, feeds)) {
    times.push(ms);
    if (performance.now() >= end && times.length >= warmUps + 3) break;
  }
  return times.slice(warmUps).sort((a, b) => a - b);
}

function productOf({ inputs, outputs, attributes }: Node): { m: number; k: number; n: number } {
  const [m, n] = outputs[0]!.shape as [number, number];
  const transposed = attributes.transA !== undefined && "int" in attributes.transA && attributes.transA.int === 1;
  return { m, n, k: inputs[0]!.shape[transposed ? 0 : 1]! };
}

function flopOf(node: Node): number {
  const { m, k, n } = productOf(node);
  return 2 * m * k * n;
}

/** The sizes that make up most of the work, each as a plain product of its own. */
async function benchProducts(products: readonly Node[], threads: number): Promise<GemmSpeed[]> {
  const sizes = new Map<string, { m: number; k: number; n: number; count: number }>();
  for (const node of products) {
    const size = productOf(node);
    const key = `${size.m}x${size.k}x${size.n}`;
    sizes.set(key, { ...size, count: (sizes.get(key)?.count ?? 0) + 1 });
  }
  const work = ({ m, k, n, count }: { m: number; k: number; n: number; count: number }): number => m * k * n * count;
  const dominant = [...sizes.values()].sort((a, b) => work(b) - work(a)).slice(0, 6);
  const speeds: GemmSpeed[] = [];
  for (const size of dominant) speeds.push({ ...size, gflopPerSecond: await timeProduct(size, threads) });
  return speeds;
}

async function timeProduct({ m, k, n }: { m: number; k: number; n: number }, threads: number): Promise<number> {
  const builder = new Builder();
  const a = builder.input("a", { shape: [m, k], dtype: "float32" });
  const b = builder.input("b", { shape: [k, n], dtype: "float32" });
  const repeats = Math.max(1, Math.round(1e9 / (2 * m * k * n)));
  // Products of different inputs, so that none is left out as a repetition.
  const products = Array.from({ length: repeats }, (_, i) =>
    builder.op("Gemm", [builder.op("Mul", [a, builder.scalar(i + 1)], a.shape), b], [m, n]),
  );
  const outputs = { y: builder.op("Sum", products, [m, n]) };
  const program = await load({ builder, inputs: [a, b], outputs }, { threads });
  const random = new Random(1, "gemm");
  const draw = (length: number): Float32Array => Float32Array.from({ length }, () => random.normal());
  const feeds = { a: draw(m * k), b: draw(k * n) };
  let fastest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 8; i++) {
    const start = performance.now();
    await program.run(feeds);
    fastest = Math.min(fastest, performance.now() - start);
  }
  await program.close();
  return (2 * m * k * n * repeats) / 1e9 / (fastest / 1000);
}

/** One update on tfjs's CPU backend, after none to warm up: it is long enough. */
async function timeEager(spec: AgentSpec, config: LearnerConfig, feeds: Record<string, Float32Array>): Promise<number> {
  await useEager();
  const start = performance.now();
  tf.tidy(() => {
    const tensors = Object.entries(updateInputs(spec, config)).map(([name, { shape }]) => [
      name,
      tf.tensor(feeds[name]!, [...shape]),
    ]);
    const results = updateProgram(spec, config)(Object.fromEntries(tensors));
    for (const tensor of Object.values(results)) tensor.dataSync();
  });
  return performance.now() - start;
}
