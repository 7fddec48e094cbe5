import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadRobot } from "../../robots/catalogue.ts";
import { expectPositionals, parseArguments, wholeNumber } from "./arguments.ts";
import { writeCurves } from "./experiment/curves.ts";
import { resultDocument } from "./experiment/document.ts";
import { describeMaker, recordSession } from "./experiment/made-by.ts";
import { readPlan } from "./experiment/plan.ts";
import { differenceFrom, type PlannedRun, plannedRuns, runName } from "./experiment/planned-run.ts";
import { Progress } from "./experiment/progress.ts";
import { readResults, stepsDone } from "./experiment/results.ts";
import { type Outcome, Schedule } from "./experiment/schedule.ts";
import { spawnTeach } from "./experiment/spawn-teach.ts";
import { onStopSignals } from "./experiment/stop-signals.ts";
import { resultTable } from "./experiment/table.ts";
import { UsageError } from "./usage-error.ts";

export const usage = `experiment <file>

MOVES SIMULATED ROBOTS ONLY. Runs what a file asks for, every line with every seed, and compares what they earned.

  <file>           JSON: {"robot": "a1", "steps": 72000, "seeds": [0, 1], "overrides": {"task.start": "belly"},
                   "lines": {"default": {}, "gamma .99": {"learner.agent.gamma": 0.99}}, "thresholds": [6.3]};
                   settings by the names their flags have; "overrides" are of all lines and may be left out, as "lines"
                   and "thresholds" may
  --run <dir>      where the runs and the curves are kept, by default runs/<file without .json>
  --jobs <n>       most runs at once, by default one a core
  --thresholds <x,…>  rewards whose first passing is told, instead of the file's
  --report         runs nothing: table and curves of what is there
  --json           one JSON document at the end instead of a table

Ctrl-C stops all runs in order; the same command goes on with them, and takes only those that are not complete.`;

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

export async function experiment(argv: readonly string[]): Promise<number> {
  const table = { run: "text", jobs: "text", thresholds: "text", report: "flag", json: "flag" } as const;
  const args = parseArguments("experiment", argv, table);
  const [file = ""] = expectPositionals("experiment", ["file"], args);
  const [typed] = args.overrides;
  if (typed !== undefined) throw new UsageError(`experiment: expected settings in ${file}, found --${typed[0]}`);
  const { values, flags } = args;
  const jobs = values.jobs === undefined ? availableParallelism() : wholeNumber("experiment", "jobs", values.jobs, 1);
  const read = readPlan(file);
  const plan = { ...read, thresholds: numbersAfter("thresholds", values.thresholds) ?? read.thresholds };
  const directory = values.run ?? join("runs", basename(file, ".json"));
  const definition = await loadRobot(plan.robot);
  const runs = plannedRuns(file, plan, definition, directory);
  const differences = runs.flatMap((run) => differenceFrom(run) ?? []);

  const progress = new Progress(flags.has("json") ? 2 : 1);
  const failures = new Map<PlannedRun, string>();
  const report = () => {
    const lines = readResults(runs, plan.thresholds);
    const files = writeCurves(directory, plan.robot, definition.spec.policyRateHz, lines);
    return { lines, files, table: ["", ...resultTable(lines, plan.thresholds), "", ...files] };
  };
  if (flags.has("report")) progress.say(differences);
  else if (differences[0] !== undefined) {
    await progress.finish([]);
    throw new Error(`${differences[0]}; --run <dir> starts other runs`);
  } else await runAll();

  const { lines, files, table: shown } = report();
  const failed = [...failures].map(([run, failure]) => `${runName(run)} failed: ${failure}`);
  await progress.finish(flags.has("json") ? failed : [...shown, ...failed]);
  if (flags.has("json")) console.log(JSON.stringify(resultDocument(plan, directory, lines, failures, files)));
  return failures.size > 0 ? 1 : 0;

  async function runAll(): Promise<void> {
    const maker = describeMaker(ROOT);
    let open = runs.length;
    const schedule = new Schedule({
      runs,
      jobs,
      stepsDone,
      start: (run, left) => {
        const fromStep = run.steps - left;
        recordSession(run.directory, { ...maker, began: new Date().toISOString(), fromStep });
        progress.started(run, fromStep);
        return spawnTeach(run, left, (heard) => progress.heard(run, heard));
      },
      onOutcome: (run, outcome) => {
        open--;
        if (outcome.is === "failed") failures.set(run, outcome.failure);
        progress.say(outcomeLines(run, outcome));
        const wasStarted = progress.ended(run);
        if (wasStarted && outcome.is === "complete" && open > 0) {
          const { table } = report();
          if (!flags.has("json")) progress.say([...table, ""]);
        }
      },
    });
    const off = onStopSignals(process, (first) => {
      if (first) progress.say(["stopping all runs in order; Ctrl-C again ends them at once"]);
      schedule.stop();
    });
    try {
      await schedule.run();
    } finally {
      off();
    }
  }
}

function outcomeLines(run: PlannedRun, outcome: Outcome): string[] {
  if (outcome.is === "failed") return [`${runName(run)} failed: ${outcome.failure}`];
  if (outcome.is === "complete") return [`${runName(run)} is complete`];
  return [];
}

/** Numbers with commas between them. */
function numbersAfter(name: string, text: string | undefined): readonly number[] | undefined {
  if (text === undefined) return undefined;
  const numbers = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (numbers.every(Number.isFinite)) return numbers;
  throw new UsageError(`experiment: expected numbers like 6.3,9.3 after --${name}, found "${text}"`);
}
