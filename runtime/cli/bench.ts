import { benchLearner, type LearnerSpeed } from "../../learner/agent/bench.ts";
import { benchSim } from "../../robots/speed.ts";
import { expectPositionals, parseArguments, wholeNumber } from "./arguments.ts";
import { benchCamera } from "./bench/camera.ts";
import { benchLoop } from "./bench/loop.ts";
import { benchReplay } from "./bench/replay.ts";
import { benchFailures } from "./bench-failures.ts";
import { typedSettings } from "./options.ts";
import { checkTask, robotCalled, robotDefaults } from "./robot-settings.ts";
import { resolveSettings } from "./settings.ts";
import { UsageError } from "./usage-error.ts";

export const usage = `bench sim|learner|loop|replay|failures|camera

Moves nothing but a simulated robot. Measures how fast this machine simulates one, on one core, or makes an update of the
learner; or how well the control loop keeps its deadlines, with nobody learning and with a learner training flat out beside.

  --seconds <n>   how long to measure, by default 5; loop: each of its two phases, by default 60
  --json          the numbers as JSON
  sim and loop only:
  --robot <name>  by default a1
  learner only:
  --workload <w>  default: an update as in a run; heavy: a longer batch, every state imagined from, REINFORCE
  --threads <n>   of one update, by default 1
  --eager         time the same update operation by operation too, on tfjs's CPU backend; takes a minute
  loop only:
  --realtime      ask the system for what keeps the loop on time, and say what it gave
  --runtime.…=  --task.…=
                  a setting to try, as --runtime.governor.spinUs=0

bench failures    lets every process of a simulated robot fail in every way, and measures until its motors are safe; what came
                  of it is kept in $XDG_STATE_HOME/reverie, by default ~/.local/state/reverie, for the safety page
  --trials <n>    of each, by default 20; one takes about five seconds
  --cause <names> --how <names>
                  only these: policy,governor,driver,supervisor,link,learner,nothing and
                  kill,stop,busy,throw,memory; of a driver read,write, which never return

bench replay      fills the learner's memory, without a robot, and measures what it takes and how fast batches are drawn
  --steps <n>     without images, by default 1000000
  --images <n>    with a 64×64×3 image each, by default 100000

bench camera      moves nothing: two simulated USB cameras to small frames; frames a second, their age, what they cost
  --ffmpeg <path> by default ffmpeg, as the system finds it`;

const SIM = { seconds: "text", json: "flag", robot: "text" } as const;
const LOOP = { seconds: "text", json: "flag", robot: "text", realtime: "flag" } as const;
const LEARNER = { seconds: "text", json: "flag", workload: "text", threads: "text", eager: "flag" } as const;

export async function bench(argv: readonly string[]): Promise<number> {
  if (argv[0] === "failures") return benchFailures(argv.slice(1));
  if (argv[0] === "replay") return benchReplay(argv.slice(1));
  if (argv[0] === "camera") return benchCamera(argv.slice(1));
  const every = { ...SIM, ...LEARNER, ...LOOP };
  const [what] = expectPositionals(
    "bench",
    ["sim|learner|loop|replay|failures|camera"],
    parseArguments("bench", argv, every),
  );
  if (what === "sim") return sim(argv);
  if (what === "learner") return learner(argv);
  if (what === "loop") return loop(argv);
  throw new UsageError(`bench: expected sim, learner, loop, replay or failures, found "${what}"`);
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

async function loop(argv: readonly string[]): Promise<number> {
  const args = parseArguments("bench loop", argv, LOOP);
  const { values, flags } = args;
  const seconds = wholeNumber("bench loop", "seconds", values.seconds ?? "60", 1, 86_400);
  const robot = values.robot ?? "a1";
  const definition = await robotCalled("bench loop", robot);
  const { settings } = resolveSettings(
    robotDefaults(robot, definition),
    undefined,
    typedSettings("bench loop", args),
    "",
  );
  checkTask(definition, settings, undefined);
  const json = flags.has("json");
  const say = json ? () => {} : (line: string) => console.log(line);
  const speed = await benchLoop({ definition, settings, seconds, realtime: flags.has("realtime"), say });
  if (json) console.log(JSON.stringify(speed));
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
