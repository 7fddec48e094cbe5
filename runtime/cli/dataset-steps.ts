import { type Dataset, readFrames } from "../log/lerobot/dataset-reader.ts";
import { ImportedSteps, USED } from "../log/lerobot/imported-steps.ts";
import type { Selection } from "../log/lerobot/selection.ts";
import type { Step, StepSchema } from "../step.ts";
import type { Task } from "../task.ts";
import { episodeImages } from "./imported-pictures.ts";

export interface DatasetRules extends Pick<Task, "mapAction"> {
  readonly schema: StepSchema;
  readonly selection: Selection;
  /** Its feature; undefined: the reward is 0. */
  readonly reward: string | undefined;
}

const FFMPEG = "ffmpeg";

/** The steps of a dataset as a robot's, one episode in memory at a time. Throws on what is not as the dataset says. */
export async function* datasetSteps(
  dataset: Dataset,
  { schema, selection, reward, mapAction }: DatasetRules,
): AsyncGenerator<Step> {
  const { info, episodes } = dataset;
  const { features } = info;
  const used = [...USED, ...(reward === undefined ? [] : [reward])].filter((key) => Object.hasOwn(features, key));
  const command = (action: Float32Array): Float32Array => {
    const target = new Float64Array(schema.joints.length);
    mapAction(action, target);
    return Float32Array.from(target);
  };
  const steps = new ImportedSteps({ schema, selection, features, reward, command });
  const source = { schema, info, images: selection.images, ffmpeg: FFMPEG };
  for (const place of episodes) {
    const { episode, length } = place;
    const frames = await readFrames(place, [...selection.columns, ...used]);
    const images = episodeImages(source, place, frames);
    for (const [index, frame] of frames.entries()) {
      const { value = {} } = await images.next();
      yield steps.next(frame, { episode, index, length }, value);
    }
    await images.next(); // a video that goes on is told
  }
}
