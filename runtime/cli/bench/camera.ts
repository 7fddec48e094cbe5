import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { CameraSettings } from "../../../drivers/camera/settings.ts";
import { expectPositionals, parseArguments, wholeNumber } from "../arguments.ts";
import { type CameraPhase, runCameraPhase, type ScaledBy } from "./camera-phase.ts";

const OPTIONS = { seconds: "text", json: "flag", ffmpeg: "text" } as const;

const CAMERAS = ["left", "right"] as const;
const SIZE = { width: 640, height: 480, rateHz: 30 } as const;
const SHAPE = [64, 64, 3] as const;
/** Of the video that is played again and again, s. */
const VIDEO_SECONDS = 10;

export interface CameraSpeed {
  readonly cameras: number;
  readonly source: typeof SIZE & { readonly format: "mjpeg" };
  readonly shape: typeof SHAPE;
  readonly seconds: number;
  readonly cores: number;
  /** Of this machine in the minute before: what else it does is measured too. */
  readonly loadBefore: number;
  readonly phases: readonly CameraPhase[];
}

/**
 * Two cameras that send JPEGs, as USB cameras do: a test picture with noise, compressed beforehand and played at its rate. Decoding
 * is part of what is measured, making the picture is not.
 */
export async function benchCamera(argv: readonly string[]): Promise<number> {
  const args = parseArguments("bench camera", argv, OPTIONS);
  expectPositionals("bench camera", [], args);
  const { values, flags } = args;
  const seconds = wholeNumber("bench camera", "seconds", values.seconds ?? "10", 1, 3600);
  const ffmpeg = values.ffmpeg ?? "ffmpeg";
  const loadBefore = loadavg()[0]!;
  const directory = mkdtempSync(join(tmpdir(), "reverie-camera-"));
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new Error("bench camera: interrupted"));
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, interrupt);
  try {
    const path = join(directory, "camera.mjpeg");
    await makeVideo(ffmpeg, path);
    const phases: CameraPhase[] = [];
    for (const scaledBy of ["ffmpeg", "here"] as const) {
      const cameras = CAMERAS.map((name) => cameraOf(name, path, ffmpeg, scaledBy));
      phases.push(await runCameraPhase({ cameras, scaledBy, seconds, signal: interrupted.signal }));
    }
    const speed: CameraSpeed = {
      cameras: CAMERAS.length,
      source: { ...SIZE, format: "mjpeg" },
      shape: SHAPE,
      seconds,
      cores: availableParallelism(),
      loadBefore,
      phases,
    };
    if (flags.has("json")) console.log(JSON.stringify(speed));
    else for (const line of cameraLines(speed)) console.log(line);
    return 0;
  } finally {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.off(name, interrupt);
    rmSync(directory, { recursive: true, force: true });
  }
}

function cameraOf(name: string, path: string, ffmpeg: string, scaledBy: ScaledBy): CameraSettings {
  const { width, height, rateHz } = SIZE;
  const input = { from: "file", path, rateHz } as const;
  return { name, shape: SHAPE, ffmpeg, source: { kind: "ffmpeg", input, width, height, scaledBy } };
}

async function makeVideo(ffmpeg: string, path: string): Promise<void> {
  const { width, height, rateHz } = SIZE;
  const picture = `testsrc=size=${width}x${height}:rate=${rateHz},noise=alls=8:allf=t`;
  const made = ["-t", String(VIDEO_SECONDS), "-c:v", "mjpeg", "-q:v", "4", "-pix_fmt", "yuvj422p"];
  try {
    await promisify(execFile)(ffmpeg, [
      "-nostdin",
      "-loglevel",
      "error",
      "-y",
      "-f",
      "lavfi",
      "-i",
      picture,
      ...made,
      path,
    ]);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const found = missing ? "no such program; install it, as with: sudo apt install ffmpeg" : (error as Error).message;
    throw new Error(`bench camera: expected ${ffmpeg} to make a video, found ${found}`);
  }
}

export function cameraLines({ cameras, source, shape, loadBefore, cores, phases }: CameraSpeed): string[] {
  const { width, height, rateHz } = source;
  const percent = (share: number | null): string =>
    share === null ? "not known here" : `${(100 * share).toFixed(1)} %`;
  return [
    `${cameras} cameras, ${width} × ${height} JPEG at ${rateHz} Hz to ${shape.join(" × ")}; load ${loadBefore.toFixed(1)} on ${cores} cores before`,
    ...phases.flatMap(({ scaledBy, framesPerSecond, ageMs, superseded, cpuShare, ffmpegShare, receiverShare }) => [
      `scaled by ${scaledBy === "ffmpeg" ? "ffmpeg" : "Reverie"}`,
      `  frames a second: ${framesPerSecond.map((rate) => rate.toFixed(1)).join(", ")}; left out on the way: ${superseded}`,
      `  age of the newest: p50 ${ageMs.p50.toFixed(1)} ms, p99 ${ageMs.p99.toFixed(1)} ms, max ${ageMs.max.toFixed(1)} ms`,
      `  of one core: camera processes ${percent(cpuShare)}, of that ffmpeg ${percent(ffmpegShare)}; the receiver ${percent(receiverShare)}`,
    ]),
  ];
}
