import type * as tf from "@tensorflow/tfjs-core";
import { Random } from "../../runtime/random.ts";
import { sizeOf } from "../compile/graph.ts";
import { compile, type Program } from "../compile/program.ts";
import type { Arrays, Batch, Trainer } from "../train/trainer.ts";
import { prefixed, type StateSpec } from "./named-arrays.ts";
import { BATCH, METRIC, NOISE, type NoiseSpec, programInputs } from "./update-program.ts";

/** What one way to learn is made of. */
export interface CompiledAgent {
  /** What errors call it. */
  readonly name: string;
  /** Every array that an update changes, and how a fresh agent has them. */
  readonly state: readonly StateSpec[];
  readonly initial: Readonly<Record<string, Float32Array>>;
  /** Those of the state that a robot acts with. */
  readonly policyWeights: readonly StateSpec[];
  readonly batch: Readonly<Record<string, readonly number[]>>;
  readonly noise: Readonly<Record<string, NoiseSpec>>;
  /** One update as a function of named tensors, as update-program.ts names them. */
  readonly update: (tensors: Readonly<Record<string, tf.Tensor>>) => Record<string, tf.Tensor>;
}

/** Where the generator of an update's noise stands, as a checkpoint holds it. */
const NOISE_STATE: StateSpec = { name: "noise/state", shape: [8] };

type State = Record<string, Float32Array>;

/** An agent whose update is one compiled program. State is double-buffered: each update writes the other buffer. */
class CompiledTrainer implements Trainer {
  readonly #agent: CompiledAgent;
  readonly #program: Program;
  readonly #noise: Readonly<Record<string, Float32Array>>;
  readonly #random: Random;
  #current: State;
  #next: State;

  constructor(agent: CompiledAgent, program: Program, seed: number) {
    this.#agent = agent;
    this.#program = program;
    this.#random = new Random(seed, "update noise");
    this.#current = { ...agent.initial };
    this.#next = Object.fromEntries(
      Object.entries(this.#current).map(([name, data]) => [name, new Float32Array(data.length)]),
    );
    this.#noise = Object.fromEntries(
      Object.entries(agent.noise).map(([name, { shape }]) => [name, new Float32Array(sizeOf(shape))]),
    );
  }

  async update(batch: Batch): Promise<Record<string, number>> {
    this.#drawNoise();
    const results = await this.#program.run(
      { ...this.#current, ...prefixed(NOISE, this.#noise), ...prefixed(BATCH, { ...batch }) },
      this.#next,
    );
    [this.#current, this.#next] = [this.#next, this.#current];
    const metrics: Record<string, number> = {};
    for (const [name, data] of Object.entries(results)) {
      if (name.startsWith(METRIC)) metrics[name.slice(METRIC.length)] = data[0]!;
    }
    return metrics;
  }

  #drawNoise(): void {
    for (const [name, data] of Object.entries(this.#noise)) {
      const normal = this.#agent.noise[name]!.draw === "normal";
      for (let i = 0; i < data.length; i++) data[i] = normal ? this.#random.normal() : this.#random.uniform();
    }
  }

  state(): Arrays {
    const words = Uint32Array.from(this.#random.state().map((word) => word >>> 0));
    // Each 32-bit word as two halves, which float32 holds exactly.
    const halves = Float32Array.from([...words].flatMap((word) => [word >>> 16, word & 0xffff]));
    const { name, shape } = NOISE_STATE;
    return { ...this.#pick(this.#agent.state), [name]: { shape, data: halves } };
  }

  load(state: Arrays): void {
    for (const { name, shape } of [...this.#agent.state, NOISE_STATE]) {
      const found = state[name]?.shape;
      if (found === undefined || found.join() !== shape.join()) {
        const says = found === undefined ? "none" : `[${found}]`;
        throw new Error(`${this.#agent.name} state: expected "${name}" of shape [${shape}], found ${says}`);
      }
    }
    for (const { name } of this.#agent.state) this.#current[name]!.set(state[name]!.data);
    const halves = state[NOISE_STATE.name]!.data;
    const word = (i: number): number => (halves[2 * i]! << 16) | halves[2 * i + 1]!;
    this.#random.restore([word(0), word(1), word(2), word(3)]);
  }

  policyWeights(): Arrays {
    return this.#pick(this.#agent.policyWeights);
  }

  #pick(specs: readonly StateSpec[]): Arrays {
    return Object.fromEntries(specs.map(({ name, shape }) => [name, { shape, data: this.#current[name]!.slice() }]));
  }

  async close(): Promise<void> {
    await this.#program.close();
  }
}

/** A fresh agent to train. Takes seconds: its update is traced and compiled. */
export async function compileTrainer(agent: CompiledAgent, threads: number, seed: number): Promise<Trainer> {
  const program = await compile(programInputs(agent.state, agent.batch, agent.noise), agent.update, { threads });
  return new CompiledTrainer(agent, program, seed);
}
