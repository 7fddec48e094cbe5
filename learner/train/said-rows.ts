import type { OffsetReport } from "../../runtime/wire/clock-offset.ts";
import type { RobotMessage } from "../../runtime/wire/messages.ts";
import { stageRuns } from "../../runtime/wire/stage-runs.ts";
import { stepMarks } from "../../runtime/wire/step-marks.ts";
import type { BesideRows } from "./link-host.ts";

export type Rows = Extract<RobotMessage, { type: "rows" }>;

/** The rows of a message and what is said beside them. Throws on a message that has none, or not where they begin. */
export function saidRows(
  stream: string,
  { first, stages, marks, images, imagesGone }: Rows,
  [payload, ...frames]: readonly Uint8Array[],
  clock: OffsetReport | undefined,
): { readonly payload: Uint8Array; readonly beside: BesideRows } {
  if (payload === undefined || !Number.isSafeInteger(first) || first < 0) {
    throw new Error(`expected rows of ${stream} with a first number and a payload`);
  }
  const beside = {
    stages: stageRuns(stages),
    marks: stepMarks(marks),
    images: { images, imagesGone, frames },
    clock,
  };
  return { payload, beside };
}
