import { setTimeout as sleep } from "node:timers/promises";
import { setTestClock } from "../process/test-clock.ts";
import type { Cast } from "./cast.ts";
import type { ChaosDisk } from "./disk.ts";
import { type Blow, VICTIMS, type Victim } from "./plan.ts";
import { CALM, type RoughLine, type Weather } from "./rough-line.ts";
import type { Death } from "./unhanded.ts";

/** How often each fell. */
export interface BlowCounts {
  readonly kills: Readonly<Record<Victim, number>>;
  /** A victim that was not there. */
  readonly missed: number;
  readonly cuts: number;
  readonly halfCloses: number;
  readonly late: number;
  readonly refusals: number;
  readonly stalls: number;
  readonly delays: number;
  readonly throttles: number;
  readonly diskFull: { readonly robot: number; readonly learner: number };
  readonly clockSteps: number;
}

export interface BlowsOptions {
  readonly cast: Cast;
  readonly proxy: RoughLine;
  readonly disks: Readonly<Record<"robot" | "learner", ChaosDisk>>;
  /** Says how far the processes' clocks are off, ms. */
  readonly clockPath: string;
  readonly note: (text: string) => void;
}

/** A victim that is being started is waited for. */
const PATIENCE_MS = 5000;
const POLL_MS = 20;
/** A link that was killed has its spool open again within this, also on a busy machine. */
const LINK_BACK_MS = 10_000;

/** Lets blows fall, each ending by itself while others fall, and remembers what may be blamed on them. */
export class Blows {
  readonly #options: BlowsOptions;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #ends = new Map<string, () => void>();
  readonly #kills = Object.fromEntries(VICTIMS.map((victim) => [victim, 0])) as Record<Victim, number>;
  readonly #counts = {
    missed: 0,
    cuts: 0,
    halfCloses: 0,
    late: 0,
    refusals: 0,
    stalls: 0,
    delays: 0,
    throttles: 0,
    clockSteps: 0,
  };
  readonly #diskFull = { robot: 0, learner: 0 };
  #linkKilledMs = Number.NEGATIVE_INFINITY;
  /** Of processes that had steps nobody else had. */
  readonly deaths: Death[] = [];
  /** When a process was ended that the robot's commands pass through. */
  readonly disturbed: bigint[] = [];

  constructor(options: BlowsOptions) {
    this.#options = options;
  }

  get kills(): number {
    return Object.values(this.#kills).reduce((sum, count) => sum + count, 0);
  }

  get counts(): BlowCounts {
    return { kills: { ...this.#kills }, ...this.#counts, diskFull: { ...this.#diskFull } };
  }

  async fall(blow: Blow): Promise<void> {
    const { proxy, note, clockPath } = this.#options;
    note(`blow: ${Object.values(blow).join(" ")}`);
    switch (blow.what) {
      case "kill":
        return this.#kill(blow.victim);
      case "cut":
        this.#counts.cuts++;
        return proxy.cut();
      case "half-close":
        this.#counts.halfCloses++;
        return proxy.halfClose(blow.side);
      case "late":
        this.#counts.late++;
        return proxy.deliverLate(blow.forMs);
      case "refuse":
        this.#counts.refusals++;
        proxy.cut();
        return this.#weather({ refusing: true }, blow.forMs);
      case "stall":
        this.#counts.stalls++;
        return this.#weather({ stalled: true }, blow.forMs);
      case "delay":
        this.#counts.delays++;
        return this.#weather({ delayMs: blow.delayMs }, blow.forMs);
      case "throttle":
        this.#counts.throttles++;
        return this.#weather({ bytesPerSecond: blow.bytesPerSecond }, blow.forMs);
      case "disk full":
        return this.#fill(blow.side, blow.forMs);
      case "clock":
        this.#counts.clockSteps++;
        return setTestClock(clockPath, blow.hours * 3_600_000);
    }
  }

  /** Everything that still goes on ends now. */
  heal(): void {
    for (const name of [...this.#ends.keys()]) this.#end(name);
  }

  /** The link may not take the supervisor's steps just now, or not have a place for them. */
  get #isBlocked(): boolean {
    return this.#ends.has("disk robot") || performance.now() - this.#linkKilledMs < LINK_BACK_MS;
  }

  async #kill(victim: Victim): Promise<void> {
    const { cast } = this.#options;
    let pid = cast.pid(victim);
    for (let waited = 0; pid === undefined && waited < PATIENCE_MS; waited += POLL_MS) {
      await sleep(POLL_MS);
      pid = cast.pid(victim);
    }
    if (pid === undefined) {
      this.#counts.missed++;
      return;
    }
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      this.#counts.missed++; // it has just gone by itself
      return;
    }
    const timeNs = process.hrtime.bigint();
    this.#kills[victim]++;
    if (victim === "link") this.#linkKilledMs = performance.now();
    if (victim === "governor") this.deaths.push({ victim, pid, timeNs });
    if (victim === "supervisor")
      this.deaths.push({ victim: this.#isBlocked ? "blocked supervisor" : victim, pid, timeNs });
    if (victim !== "link" && victim !== "learner") this.disturbed.push(timeNs);
  }

  #weather(change: Partial<Weather>, forMs: number): void {
    const { proxy } = this.#options;
    proxy.weather = { ...proxy.weather, ...change };
    const calm = Object.fromEntries(Object.keys(change).map((name) => [name, CALM[name as keyof Weather]]));
    this.#endIn(Object.keys(change).join(), forMs, () => {
      proxy.weather = { ...proxy.weather, ...calm };
    });
  }

  #fill(side: "robot" | "learner", forMs: number): void {
    const disk = this.#options.disks[side];
    if (disk.unable !== undefined) return;
    this.#diskFull[side]++;
    disk.fill();
    this.#endIn(`disk ${side}`, forMs, () => disk.free());
  }

  /** One that goes on already goes on for longer. */
  #endIn(name: string, forMs: number, end: () => void): void {
    clearTimeout(this.#timers.get(name));
    this.#ends.set(name, end);
    this.#timers.set(
      name,
      setTimeout(() => this.#end(name), forMs),
    );
  }

  #end(name: string): void {
    clearTimeout(this.#timers.get(name));
    this.#ends.get(name)?.();
    this.#ends.delete(name);
  }
}
