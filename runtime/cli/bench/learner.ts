import { benchLearner, type LearnerSpeed } from "../../../learner/agent/bench.ts";
import { expectPositionals, parseArguments, wholeNumber } from "../arguments.ts";
import { UsageError } from "../usage-error.ts";

const OPTIONS = { seconds: "text", json: "flag", workload: "text", threads: "text", eager: "flag" } as const;

/** What an update of the learner costs on this machine. */
export async function benchUpdates(argv: readonly string[]): Promise<number> {
  const args = parseArguments("bench learner", argv, OPTIONS);
  expectPositionals("bench learner", [], args);
  const { values, flags } = args;
  const seconds = wholeNumber("bench learner", "seconds", values.seconds ?? "5", 1, 3600);
  const threads = wholeNumber("bench learner", "threads", values.threads ?? "1", 1, 256);
  const { workload = "default" } = values;
  if (workload !== "default" && workload !== "heavy") {
    throw new UsageError(`bench learner: expected --workload to be default or heavy, found "${workload}"`);
  }
  const speed = await benchLearner({ workload, threads, seconds, eager: flags.has("eager") });
  if (flags.has("json")) console.log(JSON.stringify(speed));
  else for (const line of learnerLines(speed)) console.log(line);
  return 0;
}

function learnerLines(speed: LearnerSpeed): string[] {
  const { workload, threads, updateMs, fastestMs, gflop, gflopPerSecond, nodes, compileMs, gemm, eagerMs } = speed;
  const lines = [
    `${workload} update, robot-small, threads ${threads}: ${updateMs.toFixed(0)} ms (median; fastest ${fastestMs.toFixed(0)} ms)`,
    `  ${gflop.toFixed(1)} GFLOP in matrix products, ${gflopPerSecond.toFixed(0)} GFLOP/s over the whole update`,
    `  ${nodes} nodes, compiled and loaded in ${(compileMs / 1000).toFixed(1)} s`,
    ...gemm.map(({ m, k, n, count, gflopPerSecond: alone }) => {
      return `  ${count} × [${m}, ${k}]·[${k}, ${n}]: ${alone.toFixed(0)} GFLOP/s alone`;
    }),
  ];
  return eagerMs === undefined ? lines : [...lines, `  operation by operation: ${(eagerMs / 1000).toFixed(1)} s`];
}
