import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodePng } from "../../../drivers/camera/source/png.ts";
import { reasonToRefuse } from "../../../learner/train/hello.ts";
import { encodePng } from "../../../runtime/link/images/png.ts";
import { CHUNK_HEAD, OpenChunk } from "../../../runtime/log/chunk.ts";
import { ImageCodec } from "../../../runtime/log/image-codec.ts";
import { McapFile } from "../../../runtime/log/mcap-file.ts";
import { messagesIn, scan } from "../../../runtime/log/scan.ts";
import { verifyFile } from "../../../runtime/log/verify.ts";
import { type StepSchema, schemaHash } from "../../../runtime/step.ts";
import { isSigned, makeKeys, parsePublicLine } from "../../../runtime/trust/keys.ts";
import { decodeZ85 } from "../../../runtime/trust/z85.ts";
import { openBundle } from "../../../runtime/wire/bundle.ts";
import { headerMisfit } from "../../../runtime/wire/image-header.ts";
import { stepImages } from "../../../runtime/wire/images.ts";
import { checkManifest } from "../../../runtime/wire/manifest-check.ts";
import { decodeMessage, encodeMessage, type LearnerMessage, PROTOCOL } from "../../../runtime/wire/messages.ts";
import { PeerClock } from "../../../runtime/wire/peer-clock.ts";
import { misfit } from "../../../runtime/wire/policy-fit.ts";
import { PolicyIntake } from "../../../runtime/wire/policy-parts.ts";
import { decodeSafetensors, encodeSafetensors } from "../../../runtime/wire/safetensors.ts";
import { stageRuns } from "../../../runtime/wire/stage-runs.ts";
import { decodeSteps, encodeSteps, stepLayout } from "../../../runtime/wire/step-codec.ts";
import { stepMarks } from "../../../runtime/wire/step-marks.ts";
import { schema as arm, policyParts } from "../policy/bundles.ts";

/** What takes bytes from outside: good ones to start from, and what is done with those that come. */
export interface Target {
  readonly name: string;
  readonly seeds: readonly (readonly Uint8Array[])[];
  /** Throws an Error on what is wrong; anything else is a find. */
  readonly take: (frames: readonly Uint8Array[]) => unknown;
  /** How often, of the others' turns; left out: 1. */
  readonly share?: number;
}

const EYE = { name: "eye", dtype: "uint8", shape: [8, 12, 3], units: ["1"] } as const;
const schema: StepSchema = { ...arm, observation: [...arm.observation, EYE] };
const layout = stepLayout(schema);
const pixels = Uint8Array.from({ length: 288 }, (_, i) => i >> 4);

function rows(count: number): Uint8Array {
  const steps = Array.from({ length: count }, (_, sequence) => ({
    sequence,
    episode: 0,
    index: sequence,
    timeNs: 5n,
    observation: { angle: Float32Array.of(1, 2), eye: pixels },
    action: new Float32Array(2),
    command: new Float32Array(schema.joints.length),
    reward: 1,
    isFirst: false,
    isLast: false,
    isTerminal: false,
    policyVersion: 1,
    intervened: false,
  }));
  return encodeSteps(layout, steps);
}

const png = await encodePng(EYE, pixels);
const { manifest, weights, graph } = policyParts(1, 1);
const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

const toLearner: Target = {
  name: "messages to the learner",
  seeds: [
    encodeMessage({
      type: "hello",
      protocol: PROTOCOL,
      robot: schema.robot,
      stream: "a",
      schema,
      schemaHash: schemaHash(schema),
      next: 0,
      lockstep: false,
      graphHash: "",
      policyVersion: 0,
      datedFrom: 0,
      clock: { sent: 1, echo: { sent: 2, received: 3 } },
    }),
    encodeMessage(
      {
        type: "rows",
        stream: "a",
        first: 0,
        count: 3,
        gap: false,
        stages: [["down", 3]],
        marks: [[2, "worked", 5]],
        images: [
          [0, "eye", "raw"],
          [1, "eye", "png"],
        ],
        imagesGone: [[2, 1]],
      },
      rows(3),
      pixels,
      png,
    ),
    encodeMessage({ type: "alive", clock: { sent: 1 } }),
    encodeMessage({ type: "got", policyVersion: 1, index: 0 }),
  ],
  take: (frames) => {
    const { message, payloads } = decodeMessage(frames);
    if ("clock" in message) new PeerClock(() => 1).hear(message.clock);
    if (message.type === "hello") return reasonToRefuse(message, { schema, lockstep: false });
    if (message.type !== "rows") return undefined;
    stageRuns(message.stages);
    stepMarks(message.marks);
    const [payload = new Uint8Array(0), ...frames_] = payloads;
    const steps = decodeSteps(layout, payload);
    const { images, imagesGone, first } = message;
    return stepImages(schema, Number.isSafeInteger(first) ? first : 0, steps.length, {
      images,
      imagesGone,
      frames: frames_,
    });
  },
};

const learnerMessages: readonly LearnerMessage[] = [
  { type: "welcome", protocol: PROTOCOL, resume: 5, clock: { sent: 4, echo: { sent: 1, received: 2 } } },
  { type: "weights", manifest, weightsBytes: weights.length, graphBytes: graph.length, made: 4, signature: "x" },
  { type: "part", policyVersion: 1, index: 0 },
  { type: "ack", next: 7 },
];

const toRobot: Target = {
  name: "messages to the robot",
  seeds: learnerMessages.map((message) => encodeMessage(message, weights)),
  take: (frames) => {
    const { message, payloads } = decodeMessage(frames);
    if ("clock" in message) new PeerClock(() => 1).hear(message.clock);
    if (message.type !== "weights") return undefined;
    checkManifest(message.manifest);
    misfit(schema, message.manifest);
    return new PolicyIntake(message.manifest, message).add(0, payloads[0] ?? new Uint8Array(0));
  },
};

const codec = new ImageCodec(schema);
const imageMessages = codec.encode(5n, [{ name: "eye", encoding: "raw", data: pixels }]);
const pngMessages = codec.encode(5n, [{ name: "eye", encoding: "png", data: png }]);
/** For whoever ends the fuzzing to take away. */
export const SCRATCH = mkdtempSync(join(tmpdir(), "reverie-fuzz-"));
const { sign: SIGN } = await makeKeys("a");

function chunkRecords(): Uint8Array {
  const chunk = new OpenChunk(codec.topics.length);
  for (let i = 0; i < 3; i++)
    chunk.add({ sequence: i, timeNs: BigInt(i), messages: [...imageMessages, ...pngMessages] });
  return chunk.bytes().slice(CHUNK_HEAD);
}

function mcapBytes(): Uint8Array {
  const file = new McapFile(join(SCRATCH, "whole.mcap"), codec.topics);
  const messages = [...imageMessages, ...pngMessages];
  file.write([{ sequence: 0, timeNs: 5n, messages }], 0);
  file.seal();
  file.write([{ sequence: 1, timeNs: 6n, messages }], 0);
  file.finish();
  file.close();
  return readFileSync(file.path);
}

export const TARGETS: readonly Target[] = [
  toLearner,
  toRobot,
  {
    name: "safetensors",
    seeds: [[weights], [encodeSafetensors({ a: { shape: [2, 3], data: new Float32Array(6) } }, { by: "us" }, "F16")]],
    take: ([bytes]) => decodeSafetensors(bytes!),
  },
  {
    name: "manifest",
    seeds: [[json(manifest), graph, weights]],
    take: ([text, graphBytes, weightBytes]) => {
      const found = JSON.parse(Buffer.from(text!).toString());
      checkManifest(found);
      misfit(schema, found);
      return openBundle(found, graphBytes ?? graph, weightBytes ?? weights);
    },
  },
  {
    name: "messages of a chunk, and their images",
    seeds: [[chunkRecords()]],
    take: ([bytes]) => {
      let count = 0;
      for (const message of messagesIn(bytes!)) {
        count++;
        codec.decode(5n, [message]);
      }
      return count;
    },
  },
  {
    name: "MCAP files",
    share: 0.02,
    seeds: [[mcapBytes()]],
    take: ([bytes]) => {
      const path = join(SCRATCH, "fuzzed.mcap");
      writeFileSync(path, bytes!);
      for (const record of scan(path, () => {})) {
        if ("records" in record) for (const message of messagesIn(record.records)) codec.decode(5n, [message]);
      }
      return verifyFile(path);
    },
  },
  {
    name: "pictures",
    seeds: [[png]],
    take: ([bytes]) => {
      headerMisfit(EYE, "jpeg", bytes!);
      return headerMisfit(EYE, "png", bytes!) ?? decodePng(bytes!);
    },
  },
  {
    name: "keys",
    share: 0.1,
    seeds: [
      [Buffer.from(`reverie-keys-1 a ${"0".repeat(40)} ${SIGN}`)],
      [Buffer.from("HelloWorld"), Buffer.from("c2lnbmF0dXJl")],
    ],
    take: ([line, signature]) => {
      isSigned("text", Buffer.from(signature ?? line!).toString(), { name: "a", curve: "", sign: SIGN });
      parsePublicLine(Buffer.from(line!).toString());
      return decodeZ85(Buffer.from(line!).toString());
    },
  },
];
