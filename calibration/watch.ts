import type { Clock } from "../runtime/clock.ts";
import type { CalibrateSettings } from "./defaults.ts";
import { Follower } from "./follow.ts";
import type { Rig } from "./rig.ts";

export interface WatchOptions {
  readonly rig: Rig;
  readonly clock: Clock;
  readonly settings: CalibrateSettings;
  readonly signal: AbortSignal;
  readonly known: readonly (readonly [low: number, high: number] | undefined)[];
}

/** Follows every joint while somebody or something moves it. */
export class Watch {
  readonly #options: WatchOptions;
  readonly #follower: Follower;
  readonly #countsPerRad: number;
  readonly #history: { readonly seconds: number; readonly at: readonly number[] }[] = [];
  #deadline: bigint;

  constructor(options: WatchOptions) {
    const { rig, clock, settings, known } = options;
    this.#options = options;
    this.#countsPerRad = rig.countsPerTurn / (2 * Math.PI);
    const most = settings.plausibleSpeed * this.#countsPerRad;
    this.#follower = new Follower(rig.joints.length, rig.seam, most, known);
    this.#deadline = clock.now();
  }

  /** s, on the clock. */
  get seconds(): number {
    return Number(this.#options.clock.now()) / 1e9;
  }

  /**
   * One look at all joints, at the next time that one is due: counts that go on. Throws when it was aborted, and when a servo
   * stays silent.
   */
  async next(): Promise<readonly number[]> {
    const { rig, clock, settings, signal } = this.#options;
    for (;;) {
      signal.throwIfAborted();
      this.#deadline += BigInt(Math.round(1e9 / settings.pollHz));
      const now = clock.now();
      if (this.#deadline < now) this.#deadline = now;
      await clock.sleepUntil(this.#deadline);
      this.#follower.take(await rig.encoders(), this.seconds);
      for (const [i, { name, id }] of rig.joints.entries()) {
        const silent = this.#follower.silence(i, this.seconds);
        if (silent <= settings.silentSeconds) continue;
        throw new Error(
          `${name} (servo ${id}): no believable answer for ${silent.toFixed(1)} s; check its cable and power, and start again: what was measured is kept`,
        );
      }
      const at = rig.joints.map((_, i) => this.#follower.at(i));
      if (at.some((each) => each === undefined)) continue;
      const known = at as number[];
      this.#remember(known);
      return known;
    }
  }

  /** Whether every joint stayed where it is for so long, s. */
  still(seconds = this.#options.settings.stillSeconds): boolean {
    const since = this.seconds - seconds;
    const recent = this.#history.filter((each) => each.seconds >= since - 1e-6);
    if (recent.length < 3 || this.#history[0]!.seconds > since + 2 / this.#options.settings.pollHz) return false;
    const most = this.#options.settings.stillRange * this.#countsPerRad;
    return this.#options.rig.joints.every((_, i) => {
      const at = recent.map((each) => each.at[i]!);
      return Math.max(...at) - Math.min(...at) <= Math.max(2, most);
    });
  }

  /** Median of each joint while it was still, counts. */
  resting(): readonly number[] {
    const since = this.seconds - this.#options.settings.stillSeconds;
    const recent = this.#history.filter(({ seconds }) => seconds >= since - 1e-6);
    return this.#options.rig.joints.map((_, i) => {
      const at = recent.map((each) => each.at[i]!).sort((a, b) => a - b);
      return at[Math.floor(at.length / 2)]!;
    });
  }

  /** What was before does not count as stillness. */
  forget(): void {
    this.#history.length = 0;
  }

  #remember(at: readonly number[]): void {
    const { restSeconds, stillSeconds } = this.#options.settings;
    this.#history.push({ seconds: this.seconds, at });
    const keep = this.seconds - Math.max(restSeconds, stillSeconds) - 1;
    while (this.#history[0]!.seconds < keep) this.#history.shift();
  }
}
