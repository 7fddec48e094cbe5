import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Step, StepSchema } from "../step.ts";
import { imageTensors, type StepImage } from "../wire/images.ts";
import { decodeSteps, stepLayout } from "../wire/step-codec.ts";
import { ImageCodec } from "./image-codec.ts";
import { readLog } from "./read-log.ts";

/** A step as a log holds it. */
export interface StoredStep {
  /** Numbers of one stream belong together. */
  readonly stream: string;
  readonly step: Step;
  /** Undefined where it should have some and has not. */
  readonly images: readonly StepImage[] | undefined;
}

const STEPS = 1;

/** The steps of a log, its images in the directory `images` in it. Changes nothing; what cannot be read is told and left out. */
export function* storedSteps(
  directory: string,
  stream: string,
  schema: StepSchema,
  report: (line: string) => void,
): Generator<StoredStep> {
  const layout = stepLayout(schema);
  const imagesAt = imageReader(join(directory, "images"), schema, report);
  for (const { sequence, messages } of readLog(directory, report)) {
    const row = messages.find(({ channel }) => channel === STEPS);
    if (row === undefined) continue;
    try {
      const [step] = decodeSteps(layout, row.body);
      yield { stream, step: step!, images: imagesAt(sequence) };
    } catch (error) {
      report(`log ${directory}: step ${sequence} was left out: ${(error as Error).message}`);
    }
  }
}

/** The images of one step after the other; undefined for one that has not all of them. */
function imageReader(
  directory: string,
  schema: StepSchema,
  report: (line: string) => void,
): (sequence: number) => readonly StepImage[] | undefined {
  if (imageTensors(schema).length === 0) return () => [];
  if (!existsSync(directory)) return () => undefined;
  const codec = new ImageCodec(schema);
  const entries = readLog(directory, report);
  let entry = entries.next();
  return (sequence) => {
    while (entry.done !== true && entry.value.sequence < sequence) entry = entries.next();
    if (entry.done === true || entry.value.sequence !== sequence) return undefined;
    const { timeNs, messages } = entry.value;
    return codec.decode(timeNs, messages)?.map((image) => ({ ...image, data: image.data.slice() }));
  };
}
