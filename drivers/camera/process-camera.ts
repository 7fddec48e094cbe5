import { RUNTIME_DEFAULTS } from "../../runtime/defaults.ts";
import type { Image, ImageFault, ImageShape, Sample } from "../../runtime/robot.ts";
import { Child } from "../../runtime/supervisor/child.ts";
import { type Camera, type CameraCounts, NO_COUNTS } from "./camera.ts";
import type { Frame } from "./keeper.ts";
import type { FromCamera, ToCamera } from "./messages.ts";
import { poseOf } from "./pose.ts";
import { type CameraSettings, cameraSettings, type WholeCameraSettings } from "./settings.ts";

export interface ProcessCameraOptions {
  /** The driver's clock: the machine's monotonic one, in which the camera's process tells its times. */
  readonly now: () => bigint;
  /** One line for a person. */
  readonly report: (line: string) => void;
  readonly supervision?: typeof RUNTIME_DEFAULTS.supervisor;
}

const ENTRY = new URL("./process.js", import.meta.url);

/**
 * A camera in a process of its own, which reads, decodes, crops and resizes; here only the newest frame arrives, over
 * IPC. A process that dies or hangs is started again. Runs from the built files.
 */
export class ProcessCamera implements Camera {
  readonly #settings: WholeCameraSettings;
  readonly #options: ProcessCameraOptions;
  readonly #black: Uint8Array;
  #child: Child<FromCamera, ToCamera> | undefined;
  #frame: Frame | undefined;
  #fault: ImageFault | undefined;
  /** What this process counted, and what those before it had. */
  #counts: CameraCounts = NO_COUNTS;
  #before: CameraCounts = NO_COUNTS;
  #pids: readonly number[] = [];
  /** When the next pose is due, on the samples' clock. */
  #poseDueNs = 0n;

  /** Throws on settings that cannot be. */
  constructor(settings: CameraSettings, options: ProcessCameraOptions) {
    this.#settings = cameraSettings(settings);
    this.#options = options;
    const [height, width, channels] = settings.shape;
    this.#black = new Uint8Array(height * width * channels);
  }

  get name(): string {
    return this.#settings.name;
  }

  get shape(): ImageShape {
    return this.#settings.shape;
  }

  /** Of its processes as it last told: its own and, where there is one, ffmpeg's. */
  get pids(): readonly number[] {
    return this.#pids;
  }

  async open(): Promise<void> {
    if (this.#child !== undefined) return;
    const { supervision = RUNTIME_DEFAULTS.supervisor, report } = this.#options;
    const child = new Child<FromCamera, ToCamera>({
      name: `camera ${this.name}`,
      entry: ENTRY,
      settings: { ...supervision, hangMs: this.#settings.hangMs },
      report,
      onMessage: (message) => this.#hear(message),
      onStart: () => child.send({ type: "start", settings: this.#settings }),
      onDeath: async (cause) => {
        this.#mourn(cause);
        return true;
      },
    });
    this.#child = child;
    child.start();
  }

  follow(sample: Sample): void {
    const { source } = this.#settings;
    if (source.kind !== "simulation" || sample.timeNs < this.#poseDueNs) return;
    this.#poseDueNs = sample.timeNs + BigInt(Math.round(1e9 / source.rateHz));
    this.#child?.send({ type: "pose", pose: poseOf(sample) });
  }

  newest(): Image {
    const frame = this.#frame;
    const fault = this.#fault;
    const known = fault === undefined ? {} : { fault };
    if (frame === undefined) {
      const health = { age: Number.POSITIVE_INFINITY, frozenFor: 0, rate: 0, brightness: 0, ...known };
      return { frame: this.#black, shape: this.shape, timeNs: 0n, sequence: 0, health };
    }
    const { data, timeNs, newNs, sequence, rate, brightness } = frame;
    const age = Number(this.#options.now() - timeNs) / 1e9;
    const health = { age, frozenFor: Number(timeNs - newNs) / 1e9, rate, brightness, ...known };
    return { frame: data, shape: this.shape, timeNs, sequence, health };
  }

  counts(): CameraCounts {
    return added(this.#before, this.#counts);
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    const { supervision = RUNTIME_DEFAULTS.supervisor } = this.#options;
    if (!(await child.stop({ type: "stop" }, supervision.stopMs))) this.#endSource();
    this.#before = added(this.#before, this.#counts);
    this.#counts = NO_COUNTS;
    this.#frame = undefined;
    this.#fault = undefined;
    this.#pids = [];
  }

  #hear(message: FromCamera): void {
    if (message.type === "frame") {
      const { frame } = message;
      this.#frame = { ...frame, sequence: this.#before.frames + frame.sequence };
    } else {
      this.#fault = message.fault;
      this.#counts = { ...message.counts, processRestarts: 0 };
      this.#pids = message.pids;
    }
  }

  #mourn(cause: string): void {
    this.#endSource();
    const sinceNs = this.#fault?.sinceNs ?? this.#options.now();
    this.#fault = { text: `its process died (${cause})`, sinceNs };
    this.#before = added(added(this.#before, this.#counts), { ...NO_COUNTS, processRestarts: 1 });
    // Frames that came after it last counted.
    const frames = Math.max(this.#before.frames, this.#frame?.sequence ?? 0);
    this.#before = { ...this.#before, frames };
    this.#counts = NO_COUNTS;
    this.#pids = [];
  }

  /** A source that hangs would outlive its reader, and keep the device. */
  #endSource(): void {
    for (const pid of this.#pids.slice(1)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {} // gone already
    }
  }
}

function added(a: CameraCounts, b: CameraCounts): CameraCounts {
  return {
    frames: a.frames + b.frames,
    repeats: a.repeats + b.repeats,
    superseded: a.superseded + b.superseded,
    restarts: a.restarts + b.restarts,
    processRestarts: a.processRestarts + b.processRestarts,
  };
}
