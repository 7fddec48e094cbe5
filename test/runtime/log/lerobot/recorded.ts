import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ImageCodec } from "../../../../runtime/log/image-codec.ts";
import { RecordLog } from "../../../../runtime/log/record-log.ts";
import { stepTopic } from "../../../../runtime/log/step-topic.ts";
import type { Step, StepSchema } from "../../../../runtime/step.ts";
import { imagesOf } from "../../../../runtime/wire/images.ts";
import { encodeSteps, stepLayout } from "../../../../runtime/wire/step-codec.ts";

/** Two vectors, two cameras, two motors. */
export const SEEING: StepSchema = {
  robot: "seeing",
  task: "look around",
  observation: [
    { name: "joints", dtype: "float32", shape: [2], units: ["rad", "rad"] },
    { name: "eye", dtype: "uint8", shape: [16, 24, 3], units: ["1"] },
    { name: "imu", dtype: "float32", shape: [1], units: ["rad/s"] },
    { name: "grey", dtype: "uint8", shape: [4, 6, 1], units: ["1"] },
  ],
  action: ["left", "right"],
  joints: ["left", "right"],
  policyRateHz: 20,
  rewardOffset: 0,
  canTerminate: true,
};

export const BLIND: StepSchema = {
  ...SEEING,
  robot: "blind",
  observation: SEEING.observation.filter(({ dtype }) => dtype === "float32"),
};

/** A step that says which one it is in every number. */
export function numbered(schema: StepSchema, sequence: number, change: Partial<Step> = {}): Step {
  const observation = schema.observation.map(({ name, dtype, shape }): [string, Float32Array | Uint8Array] => {
    const length = shape.reduce((product, size) => product * size, 1);
    if (dtype === "uint8") return [name, Uint8Array.from({ length }, (_, i) => sequence * 7 + Math.floor(i / 3))];
    return [name, Float32Array.from({ length }, (_, i) => sequence + (i + 1) / 10)];
  });
  return {
    sequence,
    episode: 0,
    index: sequence,
    timeNs: 10n ** 15n + BigInt(sequence) * 50_000_001n,
    observation: Object.fromEntries(observation),
    action: Float32Array.of(sequence / 1000, -0),
    command: Float32Array.of(sequence / 3, -sequence),
    reward: sequence + 0.1,
    isFirst: sequence === 0,
    isLast: false,
    isTerminal: false,
    policyVersion: sequence,
    intervened: sequence % 2 === 1,
    ...change,
  };
}

/** A run as far as its learner's log goes; a step in `blindAt` has lost its images. */
export async function recordedRun(
  run: string,
  schema: StepSchema,
  streams: Readonly<Record<string, readonly Step[]>>,
  blindAt: readonly number[] = [],
): Promise<void> {
  mkdirSync(join(run, "learner"), { recursive: true });
  writeFileSync(join(run, "learner", "schema.json"), JSON.stringify(schema));
  for (const [name, steps] of Object.entries(streams))
    await record(join(run, "learner", "log", name), schema, steps, blindAt);
}

async function record(directory: string, schema: StepSchema, steps: readonly Step[], blindAt: readonly number[]) {
  const codec = new ImageCodec(schema);
  const log = new RecordLog(directory, { topics: [stepTopic(schema)] });
  const images =
    codec.topics.length > 0 ? new RecordLog(join(directory, "images"), { topics: codec.topics }) : undefined;
  for (const step of steps) {
    const { sequence, timeNs } = step;
    const seen = blindAt.includes(sequence) ? codec.encodeGone(timeNs) : codec.encode(timeNs, imagesOf(schema, step));
    images?.append(sequence, timeNs, seen);
    log.append(sequence, timeNs, [{ channel: 1, body: encodeSteps(stepLayout(schema), [step]) }]);
  }
  await images?.close();
  await log.close();
}
