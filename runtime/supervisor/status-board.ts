import { addTallies, NO_STEPS } from "../governor/tally.ts";
import type { FromPolicy, GovernorReport, LinkStatus } from "../ipc.ts";
import { monotonicSeconds } from "../wire/peer-clock.ts";
import { NO_GOVERNOR, NO_LINK, NO_SWAPS, type RobotStatus } from "./status.ts";

/** What only the supervisor knows. */
type Own = Pick<RobotStatus, "sequence" | "steps" | "restarts" | "lostSteps" | "lostImages">;

/** What each process said of itself last, put together as the robot's status. */
export class StatusBoard {
  #governor = NO_GOVERNOR;
  #tally = NO_STEPS;
  #link: LinkStatus | undefined;
  /** There is no link's process that could say where it stands. */
  #linkGone = false;
  #policy = { surprise: 0, answerMs: 0 };
  #version = 0;
  #swaps = NO_SWAPS;
  #versionSinceMs = 0;

  /** `linked`: whether there is a link. */
  constructor(linked: boolean) {
    if (linked) this.#link = NO_LINK;
  }

  /** Of the policy that acts; 0 while exploring. */
  get policyVersion(): number {
    return this.#version;
  }

  /** Says whether the governor's state is another than before. */
  governor(report: GovernorReport): boolean {
    const changed = report.state !== this.#governor.state;
    this.#governor = report;
    this.#tally = addTallies(this.#tally, report);
    return changed;
  }

  /** There is no governor any more that could say so itself. */
  fault(): void {
    this.#governor = { ...this.#governor, state: "fault" };
  }

  acting({ version, swap }: Extract<FromPolicy, { type: "acting" }>): void {
    if (swap !== undefined && this.#version > 0) {
      const { count, longestMs, blockedMs } = this.#swaps;
      this.#swaps = {
        count: count + 1,
        longestMs: Math.max(longestMs, swap.stagedMs),
        blockedMs: Math.max(blockedMs, swap.blockedMs),
      };
    }
    if (version === this.#version) return;
    this.#version = version;
    this.#versionSinceMs = performance.now();
  }

  policy({ surprise, answerMs }: Extract<FromPolicy, { type: "status" }>): void {
    this.#policy = { surprise, answerMs };
  }

  link(status: LinkStatus): void {
    this.#link = status;
    this.#linkGone = false;
  }

  linkGone(): void {
    this.#link = { ...(this.#link ?? NO_LINK), state: "connecting" };
    this.#linkGone = true;
  }

  /** While it is gone, steps wait that it has not seen. */
  #linkStatus(sequence: number): LinkStatus | undefined {
    if (this.#link === undefined || !this.#linkGone) return this.#link;
    return { ...this.#link, spoolDepth: Math.max(this.#link.spoolDepth, sequence - this.#link.acked) };
  }

  #policyAge(): number | undefined {
    if (this.#version === 0) return undefined;
    const made = this.#link?.policyMade;
    if (made?.policyVersion === this.#version) return Math.max(0, monotonicSeconds() - made.atSeconds);
    return (performance.now() - this.#versionSinceMs) / 1000;
  }

  /** With what the steps since the last call came to. */
  status(own: Own): RobotStatus {
    const { rewardMean, rewardSteps, stageSteps, speedMean } = this.#tally;
    this.#tally = NO_STEPS;
    return {
      ...this.#governor,
      rewardMean,
      rewardSteps,
      stageSteps,
      speedMean,
      ...own,
      link: this.#linkStatus(own.sequence),
      swaps: this.#swaps,
      policyAgeSeconds: this.#policyAge(),
      ...this.#policy,
    };
  }
}
