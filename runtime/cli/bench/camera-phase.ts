import { setTimeout as sleep } from "node:timers/promises";
import { ProcessCamera } from "../../../drivers/camera/process-camera.ts";
import type { CameraSettings, SourceSettings } from "../../../drivers/camera/settings.ts";
import { cpuSeconds } from "./process-cpu.ts";

export type ScaledBy = Extract<SourceSettings, { kind: "ffmpeg" }>["scaledBy"];

export interface CameraPhase {
  readonly scaledBy: ScaledBy;
  /** As they arrived here, one number a camera. */
  readonly framesPerSecond: readonly number[];
  /** Of the newest frame, from the arrival of its first byte in the camera's process to being asked for here. */
  readonly ageMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Frames that were replaced by a newer one on their way here. */
  readonly superseded: number;
  /** Of one core: all camera processes and their ffmpegs together; null where the system does not tell. */
  readonly cpuShare: number | null;
  /** The same for ffmpeg alone, and for this process, which receives the frames and asks for them. */
  readonly ffmpegShare: number | null;
  readonly receiverShare: number;
}

export interface CameraPhaseOptions {
  readonly cameras: readonly CameraSettings[];
  readonly scaledBy: ScaledBy;
  readonly seconds: number;
  readonly signal: AbortSignal;
}

/** How often the newest frame is asked for, as a loop of 100 Hz does. */
const ASK_MS = 10;
/** Until every camera has a rate. */
const START_MS = 30_000;

/** Runs the cameras for so long from when all of them have a rate. Throws when one does not come, or had to be started again. */
export async function runCameraPhase({ cameras, scaledBy, seconds, signal }: CameraPhaseOptions): Promise<CameraPhase> {
  const now = (): bigint => process.hrtime.bigint();
  const all = cameras.map((settings) => new ProcessCamera(settings, { now, report: () => {} }));
  const counted = (): { frames: number[]; superseded: number; restarts: number } => ({
    frames: all.map((camera) => camera.newest().sequence),
    superseded: all.reduce((sum, camera) => sum + camera.counts().superseded, 0),
    restarts: all.reduce((sum, camera) => sum + camera.counts().restarts + camera.counts().processRestarts, 0),
  });
  const cpu = (from: number): number | undefined => cpuSeconds(all.flatMap(({ pids }) => pids.slice(from)));
  try {
    await Promise.all(all.map((camera) => camera.open()));
    await started(all, signal);
    const before = { ...counted(), cpu: cpu(0), ffmpeg: cpu(1), own: process.cpuUsage(), at: performance.now() };
    const agesMs: number[] = [];
    while (performance.now() - before.at < 1000 * seconds) {
      await sleep(ASK_MS, undefined, { signal });
      for (const camera of all) agesMs.push(1000 * camera.newest().health.age);
    }
    const after = { ...counted(), cpu: cpu(0), ffmpeg: cpu(1), own: process.cpuUsage(before.own) };
    const spent = (performance.now() - before.at) / 1000;
    if (after.restarts > before.restarts) {
      const faults = all.map((camera) => camera.newest().health.fault?.text ?? "well again").join(", ");
      throw new Error(`bench camera: expected cameras that run through, found ${faults}`);
    }
    const share = (from: number | undefined, to: number | undefined): number | null =>
      from === undefined || to === undefined ? null : round((to - from) / spent);
    agesMs.sort((a, b) => a - b);
    const quantile = (share: number): number => round(agesMs[Math.floor(share * (agesMs.length - 1))]!);
    return {
      scaledBy,
      framesPerSecond: after.frames.map((frames, i) => round((frames - before.frames[i]!) / spent)),
      ageMs: { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) },
      superseded: after.superseded - before.superseded,
      cpuShare: share(before.cpu, after.cpu),
      ffmpegShare: share(before.ffmpeg, after.ffmpeg),
      receiverShare: round((after.own.user + after.own.system) / 1e6 / spent),
    };
  } finally {
    await Promise.all(all.map((camera) => camera.close()));
  }
}

async function started(cameras: readonly ProcessCamera[], signal: AbortSignal): Promise<void> {
  const begin = performance.now();
  const missing = (): ProcessCamera | undefined =>
    cameras.find((camera) => camera.newest().health.rate === 0 || camera.pids.length < 2);
  for (let camera = missing(); camera !== undefined; camera = missing()) {
    const { fault } = camera.newest().health;
    if (fault !== undefined || performance.now() - begin > START_MS) {
      throw new Error(
        `bench camera: ${camera.name}: ${fault?.text ?? `expected frames within ${START_MS} ms, found none`}`,
      );
    }
    await sleep(ASK_MS, undefined, { signal });
  }
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
