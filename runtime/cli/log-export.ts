import { DatasetWriter } from "../log/lerobot/dataset-writer.ts";
import { featuresOf, PICTURES, type Pictures } from "../log/lerobot/features.ts";
import { type Frame, framesOf } from "../log/lerobot/frames.ts";
import { canEncode } from "../log/lerobot/video-encoder.ts";
import { type StoredStep, storedSteps } from "../log/stored-steps.ts";
import { imageTensors } from "../wire/images.ts";
import { expectPositionals, parseArguments, wholeNumber } from "./arguments.ts";
import { count } from "./display.ts";
import { type LogSource, logSource } from "./log-source.ts";
import { UsageError } from "./usage-error.ts";

/** Frames of an episode at most: robots that are never reset have no episodes of their own. */
const MAX_FRAMES = 1000;
const FFMPEG = "ffmpeg";

interface Span {
  readonly from: number;
  readonly to: number;
}

/** `log export`: the steps of a run as a LeRobotDataset. */
export async function logExport(argv: readonly string[], print: (line: string) => void): Promise<number> {
  const table = { to: "text", out: "text", episodes: "text", "max-frames": "text", images: "text" } as const;
  const args = parseArguments("log export", argv, table);
  const [path = ""] = expectPositionals("log export", ["run or log"], args);
  const { values } = args;
  if (values.to !== "lerobot")
    throw new UsageError(`log export: expected --to lerobot, found "${values.to ?? "none"}"`);
  if (values.out === undefined) throw new UsageError("log export: expected --out <dir>, found none");
  const maxFrames = wholeNumber("log export", "max-frames", values["max-frames"] ?? String(MAX_FRAMES), 2);
  const source = logSource(path);
  const pictures = await picturesOf(source, values.images, print);
  const features = featuresOf(source.schema, pictures);
  if (!Number.isInteger(source.schema.policyRateHz)) {
    print(`LeRobot expects a whole number of frames a second; this robot has ${source.schema.policyRateHz}`);
  }
  const report = (line: string): void => console.error(line);
  let lost = 0;
  const steps = everyStep(source, report);
  const frames = framesOf(steps, maxFrames, () => lost++);
  const writer = new DatasetWriter({ directory: values.out, schema: source.schema, features, ffmpeg: FFMPEG });
  try {
    for (const frame of within(frames, episodeSpan(values.episodes))) await writer.add(frame);
  } finally {
    await writer.close();
  }
  if (writer.episodes === 0) throw new Error(`${path}: expected steps to export, found none`);
  if (lost > 0) print(`${count(lost)} steps without their images were left out; an episode ends before each gap`);
  const seconds = (writer.frames / source.schema.policyRateHz).toFixed(1);
  print(
    `${values.out}: LeRobotDataset v3.0, ${count(writer.episodes)} episodes, ${count(writer.frames)} frames, ${seconds} s`,
  );
  return 0;
}

async function picturesOf(
  { schema }: LogSource,
  asked: string | undefined,
  print: (line: string) => void,
): Promise<Pictures> {
  if (asked !== undefined && !PICTURES.includes(asked as Pictures)) {
    throw new UsageError(`log export: expected --images to be one of ${PICTURES.join(", ")}, found "${asked}"`);
  }
  if (imageTensors(schema).length === 0) return "png";
  const can = asked === "png" ? false : await canEncode(FFMPEG);
  if (asked === "video" && !can) throw new Error(`${FFMPEG}: expected it on the path, with libx264, found none`);
  print(
    can
      ? "images: H.264 videos by ffmpeg, not exact; --images png keeps every pixel"
      : `images: PNG, exact${asked === "png" ? "" : "; no ffmpeg with libx264 was found for videos"}`,
  );
  return can ? "video" : "png";
}

function* everyStep({ schema, streams }: LogSource, report: (line: string) => void): Generator<StoredStep> {
  for (const { name, directory } of streams) yield* storedSteps(directory, name, schema, report);
}

/** As Python's slices: 2:5 are the episodes 2, 3 and 4. */
function episodeSpan(text = ":"): Span {
  const [, from = "", to = ""] = /^(\d*):(\d*)$/.exec(text) ?? [];
  const span = { from: Number(from), to: to === "" ? Number.POSITIVE_INFINITY : Number(to) };
  if (!text.includes(":") || !(span.from < span.to) || !/^\d*:\d*$/.test(text)) {
    throw new UsageError(`log export: expected --episodes to look like 2:5, found "${text}"`);
  }
  return span;
}

/** The frames of these episodes; nothing in the dataset explains the first of them. */
function* within(frames: Iterable<Frame>, { from, to }: Span): Generator<Frame> {
  let episode = 0;
  let first = true;
  for (const frame of frames) {
    if (episode >= to) return;
    if (episode >= from) {
      yield first ? { ...frame, isFirst: true } : frame;
      first = false;
    }
    if (frame.ends) episode++;
  }
}
