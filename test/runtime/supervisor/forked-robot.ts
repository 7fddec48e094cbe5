import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadMachine } from "../../../runtime/cli/process/machine.ts";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import type { SupervisorConfig } from "../../../runtime/ipc.ts";
import type { Step, StepSchema } from "../../../runtime/step.ts";
import type { SupervisorHandle } from "../../../runtime/supervisor/fork.ts";
import type { RobotStatus } from "../../../runtime/supervisor/status.ts";
import { decodeSteps, stepLayout } from "../../../runtime/wire/step-codec.ts";
import { FakeLearner } from "./fake-learner.ts";

/** Real processes run from the built files only. */
const BUILT = new URL("../../../dist/runtime/supervisor/fork.js", import.meta.url).href;
const { forkSupervisor } = (await import(BUILT)) as typeof import("../../../runtime/supervisor/fork.ts");

/** Told often where it stands, a test waits less. */
export const RUNTIME = { ...RUNTIME_DEFAULTS, supervisor: { ...RUNTIME_DEFAULTS.supervisor, statusMs: 100 } };

/** A reacher in its real processes, started as often as a test likes in one directory, and a learner that only listens. */
export class ForkedRobot {
  readonly schema: StepSchema;
  readonly run = fs.mkdtempSync(join(tmpdir(), "reverie-robot-"));
  /** A test may put another in its place. */
  learner: FakeLearner;
  /** What it said, over all its starts. */
  readonly notes: string[] = [];
  readonly statuses: RobotStatus[] = [];
  readonly #handles: SupervisorHandle[] = [];

  private constructor(schema: StepSchema, learner: FakeLearner) {
    this.schema = schema;
    this.learner = learner;
  }

  static async prepare(): Promise<ForkedRobot> {
    const { schema } = await loadMachine({ ...REACHER, run: "", learner: "" });
    return new ForkedRobot(schema, await FakeLearner.bind(stepLayout(schema)));
  }

  start(changes: Partial<SupervisorConfig> = {}): SupervisorHandle {
    const { run, learner } = this;
    const handle = forkSupervisor(
      { ...REACHER, run, learner: learner.endpoint, ...changes },
      { onNote: (text) => this.notes.push(text), onStatus: (status) => this.statuses.push(status) },
    );
    this.#handles.push(handle);
    return handle;
  }

  /** What the learner has. */
  get steps(): Step[] {
    return this.learner.rows.flatMap((row) => decodeSteps(stepLayout(this.schema), row));
  }

  /** The learner goes, and another that knows nothing comes, at `endpoint` or anywhere. */
  async renewLearner(endpoint?: string): Promise<void> {
    await this.learner.close(); // may be done already
    this.learner = await FakeLearner.bind(stepLayout(this.schema), endpoint);
  }

  async close(): Promise<void> {
    await Promise.all(this.#handles.map((handle) => handle.stop()));
    await this.learner.close();
    fs.rmSync(this.run, { recursive: true, force: true });
  }
}

const REACHER: SupervisorConfig = {
  robot: "reacher",
  driver: "sim",
  task: {},
  seed: 1,
  clock: "lockstep",
  run: "",
  learner: "",
  steps: 0,
  runtime: RUNTIME,
};

/** Process ids of the supervisor's children by entry. */
export function childPid(handle: SupervisorHandle, name: string): number {
  const found = fs
    .readdirSync("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .find((pid) => {
      try {
        const parent = / \S (\d+) /.exec(fs.readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];
        const command = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return Number(parent) === handle.pid && command.includes(`process/${name}.js`);
      } catch {
        return false; // it ended meanwhile
      }
    });
  if (found === undefined) throw new Error(`expected a ${name} under process ${handle.pid}, found none`);
  return Number(found);
}
