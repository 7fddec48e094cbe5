/** What a robot earns, watched for the loss of what it had learned. */
export interface ReturnSettings {
  /** Steps of the mean that is watched; nothing is judged before so many were taken with one choice of policies. */
  readonly windowSteps: number;
  /** Share of (best − first) whose loss is a collapse. */
  readonly collapse: number;
  /** A best counts when it is so many times the spread of the first steps above them: noise is not learning. */
  readonly gain: number;
}

/** Steps whose mean is where a robot starts from, and how many of them make one number of their spread. */
const FIRST_STEPS = 1000;
const BLOCK_STEPS = 20;

/** The mean reward fell from `best` to `mean`; `version` acted when it was best. */
export interface Collapse {
  readonly mean: number;
  readonly best: number;
  readonly version: number;
}

/** What a watch has learned of a robot, to go on with after a restart. */
export interface KnownReturns {
  /** Mean of the first steps, and what a best must exceed to count. */
  readonly first: number;
  readonly least: number;
  readonly best: number;
  readonly version: number;
}

/** Watches the mean reward of the newest steps against its own best, and knows which policy acted when it was best. */
export class ReturnWatch {
  readonly #settings: ReturnSettings;
  readonly #window: Float64Array;
  readonly #blocks: number[] = [];
  #block = 0;
  #sum = 0;
  #count = 0;
  #all = 0;
  #first = 0;
  #least = Number.POSITIVE_INFINITY;
  #best = Number.NEGATIVE_INFINITY;
  #version = 0;

  constructor(settings: ReturnSettings, known?: KnownReturns) {
    this.#settings = settings;
    this.#window = new Float64Array(settings.windowSteps);
    if (known === undefined) return;
    this.#all = FIRST_STEPS;
    this.#first = known.first;
    this.#least = known.least;
    this.#best = known.best;
    this.#version = known.version;
  }

  /** Undefined before the first window was full. */
  get known(): KnownReturns | undefined {
    const [first, least, best, version] = [this.#first, this.#least, this.#best, this.#version];
    return Number.isFinite(least) && Number.isFinite(best) ? { first, least, best, version } : undefined;
  }

  /** The policy that acted when the mean was best, once that is more than noise; 0 before. */
  get goodVersion(): number {
    return this.#learned ? this.#version : 0;
  }

  /** One step of `version`. Returns what was lost, if it is a collapse. */
  add(reward: number, version: number): Collapse | undefined {
    this.#start(reward);
    const slot = this.#count % this.#window.length;
    this.#sum += reward - (this.#count < this.#window.length ? 0 : this.#window[slot]!);
    this.#window[slot] = reward;
    if (++this.#count < this.#window.length) return undefined;
    const mean = this.#sum / this.#window.length;
    if (mean > this.#best) {
      this.#best = mean;
      this.#version = version;
    }
    const lost = this.#best - mean > this.#settings.collapse * (this.#best - this.#first);
    return this.#learned && lost ? { mean, best: this.#best, version: this.#version } : undefined;
  }

  /** Other policies act from here on: they are judged by their own steps. */
  judgeAnew(): void {
    this.#sum = 0;
    this.#count = 0;
  }

  get #learned(): boolean {
    return this.#version > 0 && this.#best > this.#least;
  }

  /** Where this robot started from, and how much that scattered. */
  #start(reward: number): void {
    if (this.#all >= FIRST_STEPS) return;
    this.#block += reward / BLOCK_STEPS;
    if (++this.#all % BLOCK_STEPS !== 0) return;
    this.#blocks.push(this.#block);
    this.#block = 0;
    if (this.#all < FIRST_STEPS) return;
    this.#first = mean(this.#blocks);
    const spread = Math.sqrt(mean(this.#blocks.map((block) => (block - this.#first) ** 2)));
    this.#least = this.#first + this.#settings.gain * spread;
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
