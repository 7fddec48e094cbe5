import { mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { LearnerEvent, LearnerStatus } from "../../../learner/train/status.ts";
import type { SupervisorConfig } from "../../ipc.ts";
import { forkSupervisor, type SupervisorHandle } from "../../supervisor/fork.ts";
import type { RobotStatus, RobotSummary } from "../../supervisor/status.ts";
import { childrenOf, endAtOnce } from "../failures/family.ts";
import { QUICK_CONFIG } from "../failures/quick-learner.ts";
import type { Part } from "../keeper.ts";
import { forkLearner } from "../learner-process.ts";
import type { Victim } from "./plan.ts";

export interface CastOptions {
  readonly robot: SupervisorConfig;
  /** Run directory of the learner. */
  readonly learnerRun: string;
  /** The learner listens there; 0: it does not. */
  readonly onPort: (port: number) => void;
  readonly note: (text: string) => void;
}

/** Before what ended is started again. */
const AGAIN_MS = 50;
const END_MS = 10_000;

/** A robot and a learner, in processes of their own, each started again on its run whenever it ends. */
export class Cast {
  readonly #options: CastOptions;
  #robot: SupervisorHandle | undefined;
  #learner: Part | undefined;
  #learnerPid: number | undefined;
  #ending = false;
  readonly #keeping: Promise<unknown>;
  status: RobotStatus | undefined;
  learning: LearnerStatus | undefined;
  /** Times each was started. */
  readonly starts = { robot: 0, learner: 0 };

  constructor(options: CastOptions) {
    this.#options = options;
    this.#keeping = Promise.all([this.#keepRobot(), this.#keepLearner()]);
  }

  /** Undefined when it is not there just now. */
  pid(victim: Victim): number | undefined {
    if (victim === "learner") return this.#learnerPid;
    const supervisor = this.#robot?.pid;
    return victim === "supervisor" || supervisor === undefined ? supervisor : childrenOf(supervisor).get(victim);
  }

  /** Every process there is, by name. */
  pids(): ReadonlyMap<string, number> {
    const found = new Map<string, number>(this.#robot?.pid === undefined ? [] : childrenOf(this.#robot.pid));
    if (this.#robot?.pid !== undefined) found.set("supervisor", this.#robot.pid);
    if (this.#learnerPid !== undefined) found.set("learner", this.#learnerPid);
    return found;
  }

  /** The robot in order, so that its last steps reach the learner; then the learner at once. Returns how the robot ended. */
  async stop(): Promise<RobotSummary | undefined> {
    this.#ending = true;
    const family = [...this.pids().values()];
    const timer = setTimeout(() => this.#robot?.kill(), END_MS + this.#options.robot.runtime.link.flushMs);
    const summary = await this.#robot?.stop();
    clearTimeout(timer);
    this.#learner?.kill();
    await this.#keeping;
    family.forEach(endAtOnce);
    return summary;
  }

  async #keepRobot(): Promise<void> {
    const { robot, note } = this.#options;
    while (!this.#ending) {
      this.starts.robot++;
      this.#robot = forkSupervisor(robot, {
        onStatus: (status) => {
          this.status = status;
        },
        onNote: (text) => note(`robot: ${text}`),
      });
      const { failure } = await this.#robot.ended;
      if (this.#ending) return;
      this.#robot = undefined;
      note(`robot: ended: ${failure}`);
      await sleep(AGAIN_MS);
    }
  }

  async #keepLearner(): Promise<void> {
    const { learnerRun, onPort, note } = this.#options;
    mkdirSync(learnerRun, { recursive: true });
    while (!this.#ending) {
      this.starts.learner++;
      const hear = (event: LearnerEvent): void => {
        if (event.type === "ready") onPort(Number(event.endpoint.slice(event.endpoint.lastIndexOf(":") + 1)));
        else if (event.type === "status") this.learning = event.status;
        else if (event.type === "note") note(`learner: ${event.text}`);
      };
      const start = { run: learnerRun, bind: "tcp://127.0.0.1:*", config: QUICK_CONFIG, seed: 0, lockstep: false };
      try {
        this.#learner = forkLearner(start, hear, (pid) => {
          this.#learnerPid = pid;
        });
        const { failure } = await this.#learner.ended;
        if (failure !== undefined) note(`learner: ended: ${failure}`);
      } catch (error) {
        note(`learner: ${(error as Error).message}`);
      }
      this.#learnerPid = undefined;
      onPort(0);
      await sleep(AGAIN_MS);
    }
  }
}
