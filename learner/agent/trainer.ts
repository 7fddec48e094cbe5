import { Random } from "../../runtime/random.ts";
import type { StepSchema } from "../../runtime/step.ts";
import { compile, type Program } from "../compile/program.ts";
import type { LearnerConfig } from "../config.ts";
import type { Arrays, Batch, Trainer } from "../train/trainer.ts";
import { type AgentSpec, agentSpec } from "./spec.ts";
import { initialState, type StateSpec, stateSpecs } from "./state.ts";
import { BATCH, METRIC, NOISE, updateInputs, updateProgram, updateShapes } from "./update-program.ts";
import { policyWeights } from "./weights.ts";

/** Where the generator of an update's noise stands, as a checkpoint holds it. */
const NOISE_STATE = "noise/state";

type State = Record<string, Float32Array>;

/** An agent whose update is one compiled program. State is double-buffered: each update writes the other buffer. */
class CompiledTrainer implements Trainer {
  readonly #spec: AgentSpec;
  readonly #program: Program;
  readonly #specs: readonly StateSpec[];
  readonly #noise: Readonly<Record<string, Float32Array>>;
  readonly #random: Random;
  #current: State;
  #next: State;

  constructor(spec: AgentSpec, config: LearnerConfig, program: Program, seed: number) {
    this.#spec = spec;
    this.#program = program;
    this.#specs = stateSpecs(spec);
    this.#random = new Random(seed, "update noise");
    this.#current = initialState(spec, seed);
    this.#next = Object.fromEntries(
      Object.entries(this.#current).map(([name, data]) => [name, new Float32Array(data.length)]),
    );
    const shapes = Object.entries(updateShapes(spec, config).noise);
    this.#noise = Object.fromEntries(
      shapes.map(([name, shape]) => [
        `${NOISE}${name}`,
        new Float32Array(shape.reduce((product, size) => product * size, 1)),
      ]),
    );
  }

  async update(batch: Batch): Promise<Record<string, number>> {
    this.#drawNoise();
    const named = Object.entries(batch).map(([name, data]): [string, Float32Array] => [`${BATCH}${name}`, data]);
    const results = await this.#program.run(
      { ...this.#current, ...this.#noise, ...Object.fromEntries(named) },
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
      const normal = name === `${NOISE}imaginedAction`;
      for (let i = 0; i < data.length; i++) data[i] = normal ? this.#random.normal() : this.#random.uniform();
    }
  }

  state(): Arrays {
    const words = Uint32Array.from(this.#random.state().map((word) => word >>> 0));
    // Each 32-bit word as two halves, which float32 holds exactly.
    const halves = Float32Array.from([...words].flatMap((word) => [word >>> 16, word & 0xffff]));
    return { ...this.#pick(this.#specs), [NOISE_STATE]: { shape: [8], data: halves } };
  }

  load(state: Arrays): void {
    for (const { name, shape } of [...this.#specs, { name: NOISE_STATE, shape: [8] }]) {
      const found = state[name]?.shape;
      if (found === undefined || found.join() !== shape.join()) {
        throw new Error(
          `agent state: expected "${name}" of shape [${shape}], found ${found === undefined ? "none" : `[${found}]`}`,
        );
      }
    }
    for (const { name } of this.#specs) this.#current[name]!.set(state[name]!.data);
    const halves = state[NOISE_STATE]!.data;
    const word = (i: number): number => (halves[2 * i]! << 16) | halves[2 * i + 1]!;
    this.#random.restore([word(0), word(1), word(2), word(3)]);
  }

  policyWeights(): Arrays {
    return this.#pick(policyWeights(this.#spec));
  }

  #pick(specs: readonly StateSpec[]): Arrays {
    return Object.fromEntries(specs.map(({ name, shape }) => [name, { shape, data: this.#current[name]!.slice() }]));
  }

  async close(): Promise<void> {
    await this.#program.close();
  }
}

/** A fresh agent for robots of that schema. Takes seconds: its update is traced and compiled. */
export async function createTrainer(schema: StepSchema, config: LearnerConfig, seed: number): Promise<Trainer> {
  const spec = agentSpec(schema, config);
  const program = await compile(updateInputs(spec, config), updateProgram(spec, config), {
    threads: config.train.threads,
  });
  return new CompiledTrainer(spec, config, program, seed);
}
