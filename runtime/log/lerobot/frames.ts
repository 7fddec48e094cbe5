import type { Step } from "../../step.ts";
import type { StepImage } from "../../wire/images.ts";
import type { StoredStep } from "../stored-steps.ts";

/** An observation and what was done at it, as LeRobot wants them together. */
export interface Frame {
  readonly step: Step;
  readonly images: readonly StepImage[];
  /** The step that the action taken here led to: action, command, who acted. Undefined where the stream broke. */
  readonly next: Step | undefined;
  /** Nothing before it explains it. */
  readonly isFirst: boolean;
  /** Last of its episode. */
  readonly ends: boolean;
}

/**
 * Frames of stored steps, one each. A step holds the action that led TO its observation, a frame the one taken AT it: that is
 * the next step's. An episode ends where the stream breaks, where the run's own episode ended, and at `maxFrames`.
 * Steps without the images they should have are left out, and told by `onLost`.
 */
export function* framesOf(
  steps: Iterable<StoredStep>,
  maxFrames: number,
  onLost: (stored: StoredStep) => void = () => {},
): Generator<Frame> {
  let held: (StoredStep & { readonly images: readonly StepImage[] }) | undefined;
  let isFirst = true;
  let length = 0;
  const release = (next: Step | undefined): Frame => {
    const { step, images } = held!;
    length++;
    const ends = next === undefined || step.isLast || step.isTerminal || length === maxFrames;
    const frame = { step, images, next, isFirst, ends };
    if (ends) length = 0;
    isFirst = next === undefined;
    return frame;
  };
  for (const stored of steps) {
    const { stream, step, images } = stored;
    if (images === undefined) {
      onLost(stored);
      continue;
    }
    const goesOn = held?.stream === stream && held.step.sequence + 1 === step.sequence && !step.isFirst;
    if (held !== undefined) yield release(goesOn ? step : undefined);
    held = { stream, step, images };
  }
  if (held !== undefined) yield release(undefined);
}
