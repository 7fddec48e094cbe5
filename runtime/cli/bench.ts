import { benchLearner, type LearnerSpeed } from "../../learner/agent/bench.ts";
import { benchSim } from "../../robots/speed.ts";
import { expectPositionals, parseArguments, wholeNumber } from "./arguments.ts";
import { robotCalled } from "./robot-settings.ts";
import { UsageError } from "./usage-error.ts";

export const usage = `bench sim|learner

Moves nothing. Measures how fast this machine simulates a robot, on one core, or makes an update of the learner.

  --seconds <n>   how long to measure, by default 5
  --json          the numbers as JSON
  sim only:
  --robot <name>  by default a1
  learner only:
  --workload <w>  default: an update as in a run; heavy: a longer batch, every state imagined from, REINFORCE
  --threads <n>   of one update, by default 1
  --eager         time the same update operation by operation too, on tfjs's CPU backend; takes a minute`;

const SIM = { seconds: "text", json: "flag", robot: "text" } as const;
const LEARNER = { seconds: "text", json: "flag", workload: "text", threads: "text", eager: "flag" } as const;

export async function bench(argv: readonly string[]): Promise<number> {
  const [what] = expectPositionals("bench", ["sim|learner"], parseArguments("bench", argv, { ...SIM, ...LEARNER }));
  if (what === "sim") return sim(argv);
  if (what === "learner") return learner(argv);
  throw new UsageError(`bench: expected sim or learner, found "${what}"`);
}

async function sim(argv: readonly string[]): Promise<number> {
  const { values, flags } = parseArguments("bench sim", argv, SIM);
  const seconds = wholeNumber("bench sim", "seconds", values.seconds ?? "5", 1, 3600);
  const robot = values.robot ?? "a1";
  const speed = await benchSim(await robotCalled("bench sim", robot), { seconds });
  const { stepsPerSecond, realTimeFactor } = speed;
  if (flags.has("json")) console.log(JSON.stringify({ robot, seconds, ...speed }));
  else console.log(`${robot}: ${stepsPerSecond.toFixed(0)} steps a second, ${realTimeFactor.toFixed(1)} × real time`);
  return 0;
}

async function learner(argv: readonly string[]): Promise<number> {
  const { values, flags } = parseArguments("bench learner", argv, LEARNER);
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
