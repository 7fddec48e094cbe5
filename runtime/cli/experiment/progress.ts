import { isatty } from "node:tty";
import { clock, count } from "../display.ts";
import { Output } from "../output.ts";
import { type PlannedRun, runName } from "./planned-run.ts";
import type { Heard } from "./spawn-teach.ts";

const DRAW_MS = 1000;
const LINES_MS = 10_000;

/** A run that is under way. */
export interface Underway {
  readonly run: PlannedRun;
  readonly steps: number;
  readonly reward1000: number | undefined;
  /** Steps a second since it was started; undefined before the first. */
  readonly rate: number | undefined;
}

/** One line a run, cut to `columns`. */
export function progressLine({ run, steps, reward1000, rate }: Underway, columns = Number.POSITIVE_INFINITY): string {
  const parts = [runName(run), `${count(steps)} of ${count(run.steps)}, ${Math.floor((100 * steps) / run.steps)} %`];
  if (reward1000 !== undefined) parts.push(`reward ${reward1000.toFixed(2)}`);
  if (rate !== undefined && rate > 0) parts.push(`${clock((run.steps - steps) / rate)} left`);
  const line = parts.join("  ");
  return line.length > columns ? `${line.slice(0, columns - 1)}…` : line;
}

/** What a person sees of an experiment: its runs in place on a terminal, lines now and then elsewhere. */
export class Progress {
  readonly #output: Output;
  readonly #terminal: boolean;
  readonly #underway = new Map<PlannedRun, Underway & { readonly fromStep: number; readonly beganMs: number }>();
  readonly #timer: NodeJS.Timeout;

  constructor(descriptor: number) {
    this.#output = new Output(descriptor);
    this.#terminal = isatty(descriptor);
    this.#timer = setInterval(() => this.#show(), this.#terminal ? DRAW_MS : LINES_MS);
  }

  started(run: PlannedRun, fromStep: number): void {
    const beganMs = performance.now();
    this.#underway.set(run, { run, steps: fromStep, reward1000: undefined, rate: undefined, fromStep, beganMs });
  }

  heard(run: PlannedRun, { steps, reward1000 }: Heard): void {
    const before = this.#underway.get(run);
    if (before === undefined) return;
    const now = Math.max(before.steps, steps ?? 0);
    const seconds = (performance.now() - before.beganMs) / 1000;
    const rate = now > before.fromStep ? (now - before.fromStep) / seconds : undefined;
    this.#underway.set(run, { ...before, steps: now, reward1000: reward1000 ?? before.reward1000, rate });
  }

  /** Returns whether it was under way. */
  ended(run: PlannedRun): boolean {
    const wasUnderway = this.#underway.delete(run);
    if (this.#terminal) this.#show();
    return wasUnderway;
  }

  say(lines: readonly string[]): void {
    for (const line of lines) this.#output.line(line);
  }

  /** Takes the picture away and waits a moment until all is out. */
  async finish(lines: readonly string[]): Promise<void> {
    clearInterval(this.#timer);
    if (this.#terminal) this.#output.draw([]);
    this.say(lines);
    await this.#output.flush(2000);
  }

  #show(): void {
    const columns = this.#terminal ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;
    const lines = [...this.#underway.values()].map((each) => progressLine(each, columns));
    if (this.#terminal) this.#output.draw(lines);
    else this.say(lines);
  }
}
