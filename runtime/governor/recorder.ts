import type { Sample } from "../robot.ts";
import type { Step } from "../step.ts";
import type { Task } from "../task.ts";

/** What the governor knows of a step when it is taken. */
export interface Moment {
  readonly sample: Sample;
  readonly observation: Step["observation"];
  readonly action: Float32Array;
  readonly sent: Float64Array;
  readonly policyVersion: number;
  readonly intervened: boolean;
}

/** Numbers the steps: one sequence through everything, episodes of windows, a first step wherever the stream broke. */
export class Recorder {
  readonly #task: Task;
  #sequence: number;
  #episode: number;
  #index = 0;
  #isFirst = true;
  #isLast = false;

  constructor(task: Task, sequence: number, episode: number) {
    this.#task = task;
    this.#sequence = sequence;
    this.#episode = episode;
  }

  /** Of the step that comes next. */
  get sequence(): number {
    return this.#sequence;
  }

  get episode(): number {
    return this.#episode;
  }

  get isFirst(): boolean {
    return this.#isFirst;
  }

  /** The next step is the last of its episode. */
  end(): void {
    this.#isLast = true;
  }

  /** The next step does not follow from the one before. */
  breakOff(): void {
    this.#isFirst = true;
    if (this.#index > 0) this.#episode++;
    this.#index = 0;
  }

  take({ sample, observation, action, sent, policyVersion, intervened }: Moment): Step {
    const task = this.#task;
    const isTerminal = task.isTerminal(sample);
    const isLast = isTerminal || this.#isLast || this.#index + 1 >= task.windowSteps;
    const step: Step = {
      sequence: this.#sequence,
      episode: this.#episode,
      index: this.#index,
      timeNs: sample.timeNs,
      observation,
      action,
      command: Float32Array.from(sent),
      reward: task.reward(sample),
      isFirst: this.#isFirst,
      isLast,
      isTerminal,
      policyVersion,
      intervened,
    };
    this.#sequence++;
    this.#isFirst = false;
    this.#isLast = false;
    this.#index = isLast ? 0 : this.#index + 1;
    if (isLast) this.#episode++;
    return step;
  }
}
