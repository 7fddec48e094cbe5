import type { ImageFault } from "../../runtime/robot.ts";
import { Judge, type Judgement } from "./judge.ts";
import { withChannels } from "./picture.ts";
import { resized } from "./resize.ts";
import type { WholeCameraSettings } from "./settings.ts";
import type { RunningSource, Source } from "./source/source.ts";

/** A frame as it is handed over: of the camera's shape. */
export interface Frame extends Judgement {
  readonly data: Uint8Array;
  /** Capture, monotonic, ns. */
  readonly timeNs: bigint;
  readonly sequence: number;
}

export interface KeeperOptions {
  readonly settings: WholeCameraSettings;
  readonly source: Source;
  /** Monotonic, ns. */
  readonly now: () => bigint;
  readonly onFrame: (frame: Frame) => void;
}

const WATCH_MS = 50;

/** Keeps a source going: one that ends, says nothing or shows nothing new is started again, with growing pauses. */
export class SourceKeeper {
  readonly #options: KeeperOptions;
  readonly #judge = new Judge();
  readonly #delayNs: bigint;
  #running: RunningSource | undefined;
  #watch: NodeJS.Timeout | undefined;
  #pause: NodeJS.Timeout | undefined;
  #startedNs = 0n;
  /** Arrival of this source's last picture. */
  #arrivedNs: bigint | undefined;
  /** Capture of the last new one. */
  #newNs = 0n;
  #fault: ImageFault | undefined;
  #sequence = 0;
  #restarts = 0;
  /** Since the last source that was well for a while. */
  #restartsInRow = 0;
  #lookedNs = 0n;
  /** When this process last woke up late: what it did not hear before is no silence of the source. */
  #wokeNs = 0n;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#delayNs = BigInt(Math.round(options.settings.delay * 1e9));
  }

  get fault(): ImageFault | undefined {
    return this.#fault;
  }

  get counts(): { readonly frames: number; readonly repeats: number; readonly restarts: number } {
    return { frames: this.#sequence, repeats: this.#judge.repeats, restarts: this.#restarts };
  }

  /** Of the process that reads the device, where there is one. */
  get pid(): number | undefined {
    return this.#running?.pid;
  }

  start(): void {
    const { source, now } = this.#options;
    this.#startedNs = now();
    this.#lookedNs = this.#startedNs;
    this.#arrivedNs = undefined;
    this.#judge.restart();
    let ended = false;
    const end = (why: string): void => {
      if (ended) return;
      ended = true;
      this.#again(why, this.#arrivedNs ?? this.#startedNs);
    };
    this.#watch = setInterval(() => {
      const why = this.#trouble();
      if (why !== undefined) end(why);
    }, WATCH_MS);
    this.#running = source({
      onEnd: end,
      onPicture: (picture, timeNs) => {
        if (ended) return;
        try {
          const { shape, resize, crop } = this.#options.settings;
          const [height, width, channels] = shape;
          const sized = resized(picture, { width, height }, resize, crop);
          this.#take(withChannels(sized, channels).data, timeNs);
        } catch (error) {
          end((error as Error).message);
        }
      },
    });
  }

  async stop(): Promise<void> {
    clearInterval(this.#watch);
    clearTimeout(this.#pause);
    await this.#running?.stop();
    this.#running = undefined;
  }

  #take(data: Uint8Array, arrivedNs: bigint): void {
    const timeNs = arrivedNs - this.#delayNs;
    const judgement = this.#judge.judge(data, timeNs);
    this.#arrivedNs = arrivedNs;
    this.#newNs = judgement.newNs;
    if (judgement.newNs === timeNs) this.#fault = undefined;
    if (Number(arrivedNs - this.#startedNs) >= this.#options.settings.steadyMs * 1e6) this.#restartsInRow = 0;
    this.#sequence++;
    this.#options.onFrame({ data, timeNs, sequence: this.#sequence, ...judgement });
  }

  /** Why the source has to be started again; undefined while all is well. */
  #trouble(): string | undefined {
    const { settings, now } = this.#options;
    const { startMs, silentMs, frozenMs } = settings;
    const nowNs = now();
    if (Number(nowNs - this.#lookedNs) > 4e6 * WATCH_MS) this.#wokeNs = nowNs;
    this.#lookedNs = nowNs;
    const sinceMs = (ns: bigint): number => Number(nowNs - (ns > this.#wokeNs ? ns : this.#wokeNs)) / 1e6;
    if (this.#arrivedNs === undefined) {
      return sinceMs(this.#startedNs) > startMs ? `expected a first frame within ${startMs} ms, found none` : undefined;
    }
    const silent = sinceMs(this.#arrivedNs);
    if (silent > silentMs) return `expected a frame every ${silentMs} ms, found none for ${silent.toFixed(0)} ms`;
    const frozen = sinceMs(this.#newNs > this.#startedNs ? this.#newNs : this.#startedNs);
    if (frozenMs > 0 && frozen > frozenMs) return `expected new pictures, found the same for ${frozen.toFixed(0)} ms`;
    return undefined;
  }

  #again(why: string, sinceNs: bigint): void {
    const { backoffMs, backoffMaxMs } = this.#options.settings;
    clearInterval(this.#watch);
    void this.#running?.stop();
    this.#running = undefined;
    this.#fault = { text: why, sinceNs: this.#fault?.sinceNs ?? sinceNs };
    const pauseMs = Math.min(backoffMs * 2 ** this.#restartsInRow, backoffMaxMs);
    this.#restartsInRow++;
    this.#pause = setTimeout(() => {
      this.#restarts++;
      this.start();
    }, pauseMs);
  }
}
