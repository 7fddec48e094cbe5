import { Random } from "../../runtime/random.ts";
import type { StepSchema } from "../../runtime/step.ts";
import { BATCH, METRIC, NOISE } from "../agent/update-program.ts";
import { compile, type Program } from "../compile/program.ts";
import type { LearnerConfig } from "../config.ts";
import type { Arrays, Batch, Trainer } from "../train/trainer.ts";
import { type SacSpec, sacSpec } from "./spec.ts";
import { initialState, type StateSpec, stateSpecs } from "./state.ts";
import { noiseShapes, updateInputs, updateProgram } from "./update-program.ts";
import { policyWeights } from "./weights.ts";

/** Where the generator of an update's noise stands, as a checkpoint holds it. */
const NOISE_STATE = "noise/state";

type State = Record<string, Float32Array>;

/** Soft Actor-Critic, its update one compiled program. State is double-buffered: each update writes the other buffer. */
class SacTrainer implements Trainer {
  readonly #spec: SacSpec;
  readonly #program: Program;
  readonly #specs: readonly StateSpec[];
  readonly #noise: Readonly<Record<string, Float32Array>>;
  readonly #random: Random;
  #current: State;
  #next: State;

  constructor(spec: SacSpec, config: LearnerConfig, program: Program, seed: number) {
    this.#spec = spec;
    this.#program = program;
    this.#specs = stateSpecs(spec);
    this.#random = new Random(seed, "update noise");
    this.#current = initialState(spec, config.sac, seed);
    this.#next = Object.fromEntries(
      Object.entries(this.#current).map(([name, data]) => [name, new Float32Array(data.length)]),
    );
    this.#noise = Object.fromEntries(
      Object.entries(noiseShapes(spec, config)).map(([name, [rows, columns]]) => [
        `${NOISE}${name}`,
        new Float32Array(rows! * columns!),
      ]),
    );
  }

  async update(batch: Batch): Promise<Record<string, number>> {
    for (const data of Object.values(this.#noise)) {
      for (let i = 0; i < data.length; i++) data[i] = this.#random.normal();
    }
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
          `sac state: expected "${name}" of shape [${shape}], found ${found === undefined ? "none" : `[${found}]`}`,
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

/** A fresh agent for robots of that schema: its update is traced and compiled, which takes about a second. */
export async function createTrainer(schema: StepSchema, config: LearnerConfig, seed: number): Promise<Trainer> {
  const spec = sacSpec(schema, config);
  const program = await compile(updateInputs(spec, config), updateProgram(spec, config), {
    threads: config.train.threads,
  });
  return new SacTrainer(spec, config, program, seed);
}
