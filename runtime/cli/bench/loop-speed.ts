import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import type { RobotDefinition } from "../../../robots/definition.ts";
import { keepOffLoop } from "../../realtime/ask.ts";
import { thisMachine } from "../../realtime/machine.ts";
import { stepSchema } from "../../step.ts";
import type { SinkStart } from "../process/link-sink.ts";
import type { RobotSettings } from "../robot-settings.ts";
import { startFlatOut } from "./flat-out.ts";
import { writeFreshPolicy } from "./fresh-policy.ts";
import { phaseLines } from "./lines.ts";
import { ask, startSink } from "./link-speed.ts";
import { type LoopPhase, type PhaseOptions, runPhase } from "./phase.ts";

/** Four times as often as a learner sends them. */
const SWAP_MS = 1000;

export interface BenchLoopOptions {
  readonly definition: RobotDefinition;
  readonly settings: RobotSettings;
  /** Of each phase. */
  readonly seconds: number;
  readonly realtime: boolean;
  /** One line for a person, as soon as there is one. */
  readonly say: (line: string) => void;
}

export interface LoopSpeed {
  readonly robot: string;
  readonly servoRateHz: number;
  readonly policyRateHz: number;
  readonly cores: number;
  /** Of this machine in the minute before: what else it does is measured too. */
  readonly loadBefore: number;
  /** What was asked of the system and what it gave; empty without `realtime`. */
  readonly notes: readonly string[];
  /** Nobody learns. */
  readonly idle: LoopPhase;
  /** Another policy, of the default size, comes over the link every second. */
  readonly swapping: LoopPhase;
  /** Beside a learner that trains flat out on one thread. */
  readonly training: LoopPhase & { readonly updates: number; readonly updateMs: number };
}

/** Runs a simulated robot in its real processes, in real time, with a policy that has learned nothing. */
export async function measureLoop(options: BenchLoopOptions): Promise<LoopSpeed> {
  const { definition, settings, seconds, realtime, say } = options;
  const { spec } = definition;
  const loadBefore = loadavg()[0]!;
  const cores = availableParallelism();
  const notes: string[] = [];
  const note = (text: string): void => {
    notes.push(text);
    say(text);
  };
  const directory = mkdtempSync(join(tmpdir(), "reverie-bench-"));
  const interrupted = new AbortController();
  const { signal } = interrupted;
  const interrupt = (): void => interrupted.abort();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, interrupt);
  try {
    const play = await writeFreshPolicy(stepSchema(spec, definition.task(settings.task)), directory);
    const config = { ...settings, clock: "realtime", run: "", learner: "", play, steps: 0, realtime } as const;
    const phase = (): Promise<LoopPhase> => runPhase({ config, seconds, note, signal });
    say(
      `${spec.name}: ${spec.servoRateHz} Hz, load ${loadBefore.toFixed(1)} on ${cores} cores before; ${seconds} s each`,
    );
    const idle = await phase();
    for (const line of phaseLines("nobody learns", idle)) say(line);

    const swapping = await swappingPhase(options, directory, { seconds, note, signal });
    for (const line of phaseLines(`another policy every ${SWAP_MS / 1000} s`, swapping)) say(line);

    const learner = await startFlatOut();
    try {
      const line = realtime ? await keepOffLoop("learner", learner.pid, thisMachine) : undefined;
      if (line !== undefined) note(line);
      const training = { ...(await phase()), ...summary(learner.updatesMs) };
      for (const line of phaseLines("a learner trains flat out beside it", training)) say(line);
      const { servoRateHz, policyRateHz } = spec;
      return { robot: spec.name, servoRateHz, policyRateHz, cores, loadBefore, notes, idle, swapping, training };
    } finally {
      learner.kill();
    }
  } finally {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.off(name, interrupt);
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Begins with a policy on the robot's disk; a learner's side sends the next ones. */
async function swappingPhase(
  { definition, settings, realtime }: BenchLoopOptions,
  directory: string,
  phase: Omit<PhaseOptions, "config">,
): Promise<LoopPhase> {
  const schema = stepSchema(definition.spec, definition.task(settings.task));
  const run = join(directory, "run");
  const path = await writeFreshPolicy(schema, join(run, "robot", "policy"));
  const sink = startSink();
  try {
    const start: SinkStart = { directory: join(directory, "learner"), schema, policy: { path, everyMs: SWAP_MS } };
    const { endpoint } = await ask(sink, start);
    return await runPhase({
      ...phase,
      config: { ...settings, clock: "realtime", run, learner: endpoint, steps: 0, realtime },
    });
  } finally {
    sink.kill("SIGKILL");
  }
}

function summary(updatesMs: readonly number[]): { updates: number; updateMs: number } {
  return { updates: updatesMs.length, updateMs: updatesMs.toSorted((a, b) => a - b)[updatesMs.length >> 1]! };
}
