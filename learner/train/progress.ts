/** Running numbers of a learner: what it earns, how fast it goes. */
import { Recent } from "./recent.ts";

/** Updates per step between now and so many marks ago. */
export class RecentRatio {
  readonly #marks: { readonly steps: number; readonly updates: number }[] = [];
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  mark(steps: number, updates: number): void {
    this.#marks.push({ steps, updates });
    if (this.#marks.length > this.#size) this.#marks.shift();
  }

  /** Undefined while no step lies between the marks. */
  get ratio(): number | undefined {
    const [from, to] = [this.#marks[0], this.#marks.at(-1)];
    if (from === undefined || to === undefined || to.steps === from.steps) return undefined;
    return (to.updates - from.updates) / (to.steps - from.steps);
  }
}

/** Means of named numbers since the last `take`. */
export class MetricMeans {
  #sums = new Map<string, { sum: number; count: number }>();

  add(metrics: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(metrics)) {
      const { sum, count } = this.#sums.get(name) ?? { sum: 0, count: 0 };
      this.#sums.set(name, { sum: sum + value, count: count + 1 });
    }
  }

  take(): Record<string, number> {
    const means = Object.fromEntries([...this.#sums].map(([name, { sum, count }]) => [name, sum / count]));
    this.#sums.clear();
    return means;
  }
}

const RATIO_MARKS = 60;

/** Everything about a learner's progress that is a running number. */
export class Progress {
  readonly #last1000 = new Recent(1000);
  readonly #last6000 = new Recent(6000);
  readonly #updateMs = new Recent(50);
  readonly #ratio = new RecentRatio(RATIO_MARKS);
  readonly #means = new MetricMeans();
  #metrics: Readonly<Record<string, number>> = {};

  step(reward: number): void {
    this.#last1000.add(reward);
    this.#last6000.add(reward);
  }

  update(updateMs: number, metrics: Readonly<Record<string, number>>): void {
    this.#updateMs.add(updateMs);
    this.#means.add(metrics);
  }

  /** About once a second. */
  mark(steps: number, updates: number): void {
    this.#ratio.mark(steps, updates);
  }

  /** Turns the updates since the last time into the latest metrics. */
  summarise(): void {
    this.#metrics = { ...this.#metrics, ...this.#means.take() };
  }

  now() {
    return {
      ratio: this.#ratio.ratio,
      updateMs: this.#updateMs.mean,
      reward1000: this.#last1000.mean,
      reward6000: this.#last6000.mean,
      metrics: this.#metrics,
    };
  }
}
