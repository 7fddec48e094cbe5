import { type Account, pretrained, type RatioSettings, stepsToNextUpdate } from "./ratio.ts";

/** Most steps a robot is let go at once: it can be stopped, and shown, while it explores. */
const LONGEST_RUN = 1000;

/** Steps from here to the next at which the learner has something to do: an update, or a policy to send. */
export function stepsToNextStop(
  account: Account,
  publishedSteps: number | undefined,
  settings: RatioSettings & { readonly publishSteps: number },
): number {
  const update = stepsToNextUpdate(account, settings, LONGEST_RUN);
  if (publishedSteps === undefined || !pretrained(account, settings)) return update;
  return Math.max(1, Math.min(update, publishedSteps + settings.publishSteps - account.steps));
}

/**
 * Robot and learner taking turns: how far the robot may go, and whether it has got there. It takes two: a robot that joins
 * under a new stream takes over from the one before.
 */
export class Turns {
  /** The one robot's stream; undefined before it joins. */
  #stream: string | undefined;
  /** The robot has taken all steps before this one. */
  #robotNext = 0;
  #permitted = 0;

  get stream(): string | undefined {
    return this.#stream;
  }

  /** Steps before this one may be taken. */
  get permitted(): number {
    return this.#permitted;
  }

  join(stream: string, robotNext: number): void {
    if (stream !== this.#stream) this.#permitted = 0;
    this.#stream = stream;
    this.#robotNext = robotNext;
  }

  /** Whether it is the learner's turn, when it holds every step before `next`. */
  isLearners(next: number): boolean {
    return this.#stream !== undefined && next >= Math.max(this.#robotNext, this.#permitted);
  }

  permit(through: number): void {
    this.#permitted = through;
  }
}
