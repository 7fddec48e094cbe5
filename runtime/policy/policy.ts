import type { RUNTIME_DEFAULTS } from "../defaults.ts";
import type { Answer, Question } from "../governor/inbox.ts";
import { Random } from "../random.ts";
import type { StepSchema } from "../step.ts";
import type { PolicyBundle } from "../wire/bundle.ts";
import type { PolicyManifest } from "../wire/manifest.ts";
import { misfit } from "../wire/policy-fit.ts";
import { MetQuestions, tryOut } from "./canary.ts";
import { Explorer } from "./explorer.ts";
import { type GraphInput, type GraphOutput, PolicyGraph, type Weights } from "./graph.ts";

interface Loaded {
  readonly manifest: PolicyManifest;
  readonly graph: PolicyGraph;
  readonly weights: Weights;
}

/** Answers the governor's questions: with held random actions at first, then with the newest policy it accepted. */
export class Policy {
  readonly #schema: StepSchema;
  readonly #random: Random;
  readonly #explorer: Explorer;
  readonly #settings: typeof RUNTIME_DEFAULTS.policy;
  readonly #report: (line: string) => void;
  readonly #met: MetQuestions;
  #loaded: Loaded | undefined;
  #deter: Float32Array = new Float32Array(0);
  #stoch: Float32Array = new Float32Array(0);
  /** The belief does not follow from the question before. */
  #broken = true;
  #observation: Float32Array;
  #surprise = 0;
  /** What uses a graph or changes which one acts, one at a time. */
  #last: Promise<unknown> = Promise.resolve();

  /** Equal seeds and streams give equal noise. */
  constructor(
    schema: StepSchema,
    seed: number,
    stream: string,
    settings: typeof RUNTIME_DEFAULTS.policy,
    report: (line: string) => void = () => {},
  ) {
    this.#schema = schema;
    this.#settings = settings;
    this.#report = report;
    this.#met = new MetQuestions(settings.canary.questions);
    this.#random = new Random(seed, `policy ${stream}`);
    this.#explorer = new Explorer(schema.action.length, new Random(seed, `explorer ${stream}`), settings);
    this.#observation = new Float32Array(
      schema.observation
        .filter(({ dtype }) => dtype === "float32")
        .reduce((size, { shape }) => size + shape.reduce((a, b) => a * b, 1), 0),
    );
  }

  /** 0 while exploring. */
  get version(): number {
    return this.#loaded?.manifest.policyVersion ?? 0;
  }

  /** Of the last answer, nats. */
  get surprise(): number {
    return this.#surprise;
  }

  /**
   * One question at a time; one that comes while a bundle is being tried waits for a single run of its graph at most. The
   * action may be not finite when the policy is ill: the governor judges.
   */
  answer(question: Question): Promise<Answer> {
    return this.#alone(() => this.#answer(question));
  }

  #alone<T>(job: () => Promise<T>): Promise<T> {
    const done = this.#last.then(job);
    this.#last = done.catch(() => {});
    return done;
  }

  async #answer({ tick, isFirst, observation, previousAction }: Question): Promise<Answer> {
    this.#flatten(observation);
    if (this.#loaded === undefined) return { tick, action: this.#explorer.act(), policyVersion: 0, surprise: 0 };
    const { graph, weights, manifest } = this.#loaded;
    const first = isFirst || this.#broken;
    const input: GraphInput = {
      observation: this.#observation,
      previousAction,
      isFirst: first,
      deter: this.#deter,
      stoch: this.#stoch,
      posteriorNoise: fill(manifest.stochGroups, () => this.#random.uniform()),
      actionNoise: fill(previousAction.length, () => this.#settings.noise * this.#random.normal()),
    };
    const output = await graph.run(input, weights);
    this.#broken = !allFinite(output);
    if (!this.#broken) {
      this.#met.add(input, output.action);
      this.#deter = output.nextDeter;
      this.#stoch = output.nextStoch;
    } else this.#forget(manifest);
    this.#surprise = output.surprise;
    return { tick, action: output.action, policyVersion: manifest.policyVersion, surprise: output.surprise };
  }

  /**
   * Takes up a verified bundle between two questions, after it answered the latest observation with finite numbers and
   * the questions before it sensibly; meanwhile the policy it has answers on. One bundle at a time. Throws, keeping the policy it has, when the bundle is for another robot or task or
   * fails that.
   */
  async accept({ manifest, graph: bytes, weights: arrays }: PolicyBundle): Promise<void> {
    const name = `policy ${manifest.policyVersion}`;
    const why = misfit(this.#schema, manifest);
    if (why !== undefined) throw new Error(`${name}: ${why}`);
    const old = this.#loaded;
    const sameGraph = old?.manifest.graphHash === manifest.graphHash;
    const graph = sameGraph ? old!.graph : await PolicyGraph.open(bytes, manifest);
    const weights = graph.weights(arrays);
    try {
      await this.#check(name, graph, weights, manifest);
      if (sameGraph) await this.#compare(name, graph, weights);
    } catch (error) {
      if (!sameGraph) await graph.close();
      throw error;
    }
    await this.#alone(async () => {
      this.#loaded = { manifest, graph, weights };
      if (sameGraph) return;
      this.#forget(manifest);
      this.#met.forget();
      await old?.graph.close();
    });
  }

  async close(): Promise<void> {
    await this.#alone(async () => {
      await this.#loaded?.graph.close();
      this.#loaded = undefined;
    });
  }

  async #compare(name: string, graph: PolicyGraph, weights: Weights): Promise<void> {
    const { canary } = this.#settings;
    const distance = await tryOut(
      name,
      [...this.#met.all],
      (input) => this.#alone(() => graph.run(input, weights)),
      canary,
    );
    if (canary.trip === "off" || !(distance > canary.distance)) return;
    const text = `${name}: its actions are ${distance.toFixed(2)} from those of policy ${this.version}, beyond ${canary.distance}`;
    if (canary.trip === "refuse") throw new Error(text);
    this.#report(text);
  }

  async #check(name: string, graph: PolicyGraph, weights: Weights, manifest: PolicyManifest): Promise<void> {
    const { deter, stochGroups, stochClasses } = manifest;
    const actions = this.#schema.action.length;
    const input: GraphInput = {
      observation: this.#observation,
      previousAction: new Float32Array(actions),
      isFirst: true,
      deter: new Float32Array(deter),
      stoch: new Float32Array(stochGroups * stochClasses),
      posteriorNoise: new Float32Array(stochGroups).fill(0.5),
      actionNoise: new Float32Array(actions),
    };
    const { action, nextDeter, nextStoch, ...rest } = await this.#alone(() => graph.run(input, weights));
    if (!allFinite({ action, nextDeter, nextStoch, ...rest })) {
      throw new Error(`${name}: expected finite answers to the latest observation, found others`);
    }
    const found = [action.length, nextDeter.length, nextStoch.length];
    const expected = [actions, deter, stochGroups * stochClasses];
    if (found.join() !== expected.join()) {
      throw new Error(`${name}: expected action, deter and stoch of ${expected.join(", ")}, found ${found.join(", ")}`);
    }
  }

  #forget({ deter, stochGroups, stochClasses }: PolicyManifest): void {
    this.#deter = new Float32Array(deter);
    this.#stoch = new Float32Array(stochGroups * stochClasses);
    this.#broken = true;
  }

  #flatten(observation: Question["observation"]): void {
    let at = 0;
    for (const { name, dtype } of this.#schema.observation) {
      if (dtype !== "float32") continue;
      const value = observation[name]!;
      this.#observation.set(value, at);
      at += value.length;
    }
  }
}

function fill(length: number, draw: () => number): Float32Array {
  return new Float32Array(length).map(draw);
}

function allFinite({ action, nextDeter, nextStoch }: GraphOutput): boolean {
  return [action, nextDeter, nextStoch].every((array) => array.every(Number.isFinite));
}
