import { Random } from "../../runtime/random.ts";
import type { StepSchema } from "../../runtime/step.ts";
import type { LearnerConfig } from "../config.ts";
import type { Ring } from "../replay/ring.ts";
import { sampleBatch } from "../replay/sampler.ts";
import type { Arrays } from "../train/trainer.ts";
import { openLoopErrors } from "./open-loop.ts";
import { type Probe, probeLength } from "./probe.ts";
import { sensorsOf } from "./sensors.ts";
import { valueErrors } from "./value-error.ts";

export interface ReportSettings {
  readonly schema: StepSchema;
  readonly config: LearnerConfig;
  readonly seed: number;
}

/**
 * How well an agent knows what came of stored sequences, the newest `report.recentSteps`. Its random numbers follow from
 * the seed and `updates` alone: nothing learned depends on whether there was a report, and a run that goes on later reports
 * the same. Undefined while no stream is long enough; throws on a number that is not finite.
 */
export async function report(
  probe: Probe,
  state: Arrays,
  rings: readonly Ring[],
  { schema, config, seed }: ReportSettings,
  updates: number,
): Promise<Record<string, number> | undefined> {
  const { batch: count, recentSteps } = config.report;
  const random = new Random(seed, `report ${updates}`);
  const sampling = { batch: count, length: probeLength(config.report), recentShare: 1, recentSteps };
  const batch = sampleBatch(rings, sampling, random);
  if (batch === undefined) return undefined;
  const { openLoop, value, metrics } = await probe.predict(state, batch, random);
  const all = {
    ...(openLoop && openLoopErrors(openLoop, batch, sensorsOf(schema), config.report)),
    ...(value && valueErrors(value, batch, config.report)),
    ...metrics,
  };
  for (const [name, number] of Object.entries(all)) {
    if (!Number.isFinite(number)) throw new Error(`report: expected ${name} finite, found ${number}`);
  }
  return all;
}
