import type { RobotSpec, Sample, WatchLimits } from "../robot.ts";
import { cameraTrouble } from "./camera-trouble.ts";
import { RunningQuantile } from "./running-quantile.ts";

/** What happens when a watchdog trips: nothing, a line and a count, the end state until it is over, or a latched fault. */
export const TRIPS = ["off", "warn", "hold", "fault"] as const;
export type TripKind = (typeof TRIPS)[number];

export const WATCHDOGS = [
  "sample",
  "tracking",
  "temperature",
  "voltage",
  "current",
  "tilt",
  "workspace",
  "camera",
  "overrun",
  "surprise",
] as const;
export type WatchdogName = (typeof WATCHDOGS)[number];

export interface WatchdogSetting {
  /** One of TRIPS. */
  readonly trip: string;
  /** How long it must be so before it trips. */
  readonly holdOffMs: number;
}

export interface WatchdogSettings extends Readonly<Record<WatchdogName, WatchdogSetting>> {
  /** Servo ticks in a row that were missed. */
  readonly overrun: WatchdogSetting & { readonly ticks: number };
  /** Beyond `times` the `share` quantile of what it was so far, once `after` answers are known. */
  readonly surprise: WatchdogSetting & { readonly share: number; readonly times: number; readonly after: number };
}

/** What a servo tick looks like. */
export interface Watched {
  readonly sample: Sample;
  readonly nowNs: bigint;
  /** Last command, rad; undefined when none is in force. */
  readonly command: ArrayLike<number> | undefined;
  /** Servo ticks missed just before this one. */
  readonly missedTicks: number;
  /** Of the newest answer, nats; undefined when it is not new. */
  readonly surprise: number | undefined;
}

export interface Trip {
  readonly watchdog: WatchdogName;
  readonly kind: Exclude<TripKind, "off">;
  /** What was expected and what was found. */
  readonly text: string;
}

/** Says what is wrong, or undefined. */
type Dog = (watched: Watched) => string | undefined;

/** Looks at every servo tick, also while the machine is held or latched. */
export class Watchdogs {
  readonly #settings: WatchdogSettings;
  readonly #dogs: Readonly<Record<WatchdogName, Dog>>;
  /** Since when it has been so; undefined while it is not. */
  readonly #since = new Map<WatchdogName, bigint>();
  /** What was said when it tripped, until it is over. */
  readonly #told = new Map<WatchdogName, string>();
  readonly #counts: Record<WatchdogName, number>;

  /** Throws on a setting that is none. */
  constructor(spec: RobotSpec, settings: WatchdogSettings) {
    for (const name of WATCHDOGS) {
      const { trip, holdOffMs } = settings[name];
      if (!TRIPS.includes(trip as TripKind)) {
        throw new Error(`watchdogs.${name}.trip: expected one of ${TRIPS.join(", ")}, found "${trip}"`);
      }
      if (!(holdOffMs >= 0)) throw new Error(`watchdogs.${name}.holdOffMs: expected at least 0, found ${holdOffMs}`);
    }
    this.#settings = settings;
    this.#dogs = {
      sample: sampleDog(spec),
      ...jointDogs(spec, spec.watch),
      ...placeDogs(spec.watch),
      camera: ({ sample, nowNs }) => cameraTrouble(spec.images, sample.images, nowNs),
      overrun: overrunDog(settings.overrun.ticks),
      surprise: surpriseDog(settings.surprise),
    };
    this.#counts = Object.fromEntries(WATCHDOGS.map((name) => [name, 0])) as Record<WatchdogName, number>;
  }

  /** Times each tripped. */
  get counts(): Readonly<Record<WatchdogName, number>> {
    return this.#counts;
  }

  /** What still speaks against moving: a tripped watchdog that holds or faults and is not over. */
  blocking(): string | undefined {
    for (const [name, text] of this.#told) {
      const { trip } = this.#settings[name];
      if (trip === "hold" || trip === "fault") return `${name}: ${text}`;
    }
    return undefined;
  }

  /** What trips at this tick, the gravest first; each once until it is over. */
  check(watched: Watched): readonly Trip[] {
    let trips: Trip[] | undefined;
    for (const name of WATCHDOGS) {
      const { trip, holdOffMs } = this.#settings[name];
      if (trip === "off") continue;
      const text = this.#dogs[name](watched);
      if (text === undefined) {
        if (this.#since.delete(name)) this.#told.delete(name);
        continue;
      }
      const since = this.#since.get(name) ?? watched.nowNs;
      this.#since.set(name, since);
      if (this.#told.has(name) || Number(watched.nowNs - since) < holdOffMs * 1e6) continue;
      this.#told.set(name, text);
      this.#counts[name]++;
      trips ??= [];
      trips.push({ watchdog: name, kind: trip as Trip["kind"], text });
    }
    return trips?.sort((a, b) => TRIPS.indexOf(b.kind) - TRIPS.indexOf(a.kind)) ?? NONE;
  }
}

const NONE: readonly Trip[] = [];

function sampleDog({ joints, watch }: RobotSpec): Dog {
  let last: bigint | undefined;
  return ({ sample, nowNs }) => {
    const { timeNs, position, velocity, effort } = sample;
    const age = Number(nowNs - timeNs) / 1e9;
    const back = last !== undefined && timeNs < last;
    last = timeNs;
    if (back) return "expected sample times that rise, found one before the last: the clock stepped";
    if (age > watch.sampleAge)
      return `expected a sample of at most ${watch.sampleAge} s, found one of ${age.toFixed(3)} s`;
    for (let i = 0; i < joints.length; i++) {
      const { name, min, max } = joints[i]!;
      const q = position[i]!;
      if (!(Number.isFinite(q) && Number.isFinite(velocity[i]) && Number.isFinite(effort[i]))) {
        return `${name}: expected finite measurements, found position ${q}, velocity ${velocity[i]}, effort ${effort[i]}`;
      }
      if (q < min - watch.beyondLimits || q > max + watch.beyondLimits) {
        return `${name}: expected ${min} to ${max} rad, found ${q.toFixed(3)}; check its calibration`;
      }
    }
    return undefined;
  };
}

/** Those that compare one number of every joint with one limit. */
function jointDogs(
  { joints }: RobotSpec,
  { tracking, temperature, voltage, current }: WatchLimits,
): Record<"tracking" | "temperature" | "voltage" | "current", Dog> {
  const each =
    (
      limit: number | null,
      what: string,
      unit: string,
      value: (watched: Watched, joint: number) => number | undefined,
      below = false,
    ): Dog =>
    (watched) => {
      if (limit === null) return undefined;
      for (let i = 0; i < joints.length; i++) {
        const found = value(watched, i);
        if (found === undefined || (below ? found >= limit : found <= limit)) continue;
        return `${joints[i]!.name}: expected ${what} of at ${below ? "least" : "most"} ${limit} ${unit}, found ${found.toFixed(3)}`;
      }
      return undefined;
    };
  return {
    tracking: each(tracking, "a tracking error", "rad", ({ command, sample }, i) =>
      command === undefined ? undefined : Math.abs(command[i]! - sample.position[i]!),
    ),
    temperature: each(temperature, "a temperature", "°C", ({ sample }, i) => sample.temperature?.[i]),
    voltage: each(voltage, "a supply", "V", ({ sample }, i) => sample.voltage?.[i], true),
    current: each(current, "a current", "A", ({ sample }, i) => sample.current?.[i]),
  };
}

function placeDogs({ tilt, workspace }: WatchLimits): Record<"tilt" | "workspace", Dog> {
  return {
    tilt: ({ sample }) => {
      if (tilt === null) return undefined;
      const found = tilt.of(sample);
      return found <= tilt.limit
        ? undefined
        : `expected a tilt of at most ${tilt.limit} rad, found ${found.toFixed(3)}`;
    },
    workspace: ({ sample }) => {
      if (workspace === null) return undefined;
      const place = workspace.of(sample.position);
      const axis = place.findIndex((x, i) => !(x >= workspace.min[i]! && x <= workspace.max[i]!));
      if (axis < 0) return undefined;
      const [low, high] = [workspace.min[axis], workspace.max[axis]];
      return `expected the tool's ${"xyz"[axis]} in ${low} … ${high} m, found ${place[axis]!.toFixed(3)}`;
    },
  };
}

function overrunDog(ticks: number): Dog {
  return ({ missedTicks }) =>
    missedTicks < ticks ? undefined : `expected fewer than ${ticks} servo ticks missed in a row, found ${missedTicks}`;
}

function surpriseDog({ share, times, after }: WatchdogSettings["surprise"]): Dog {
  const usual = new RunningQuantile(share);
  let wrong: string | undefined;
  return ({ surprise }) => {
    if (surprise === undefined) return wrong;
    const limit = times * usual.value;
    wrong =
      usual.count >= after && surprise > limit
        ? `expected a surprise of at most ${limit.toFixed(2)} nats, ${times} × its usual worst, found ${surprise.toFixed(2)}`
        : undefined;
    usual.add(surprise);
    return wrong;
  };
}
