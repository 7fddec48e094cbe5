import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CAMERA_FAULTS_FILE } from "../../../drivers/mock/camera-faults.ts";
import type { RobotDefinition } from "../../../robots/definition.ts";
import { setTestClock } from "../process/test-clock.ts";
import { camerasToo } from "./cameras.ts";
import { type Measured, measure } from "./measured.ts";
import { freePort, type Network, networkTo } from "./network.ts";
import { ReverieProcess } from "./reverie-process.ts";
import { HIL_DEFAULTS, type ProcessFault, type Scenario } from "./scenario.ts";
import { type StandIn, standInFor } from "./stand-in.ts";
import { type Entry, machineFaults, timetable } from "./timetable.ts";
import { moves, says, until } from "./waiting.ts";
import { Wakings } from "./wakings.ts";

const POLL_MS = 20;
const END_MS = 40_000;
const HOUR_MS = 3_600_000;
/** As small as a learner can be that trains soon. */
const SMALL = [
  ...["--preset=robot-tiny", "--learner.replay.batch=4", "--learner.replay.length=8"],
  ...["--learner.agent.horizon=5", "--learner.train.fill=60", "--learner.train.pretrain=2"],
];

/** Everything of one rehearsal that is there at once. */
interface Stage {
  readonly robots: ReverieProcess[];
  readonly learner: ReverieProcess;
  readonly network: Network;
  readonly start: () => ReverieProcess;
  readonly faultFile: string;
  readonly clockFile: string;
  readonly report: (line: string) => void;
}

/**
 * A robot in all its processes, a learner in its own, a network between them and stand-ins for the hardware: lets happen what
 * the scenario says, ends everything and says what was measured. Throws where the robot does not even begin.
 */
export async function rehearse(
  definition: RobotDefinition,
  scenario: Scenario,
  report: (line: string) => void = () => {},
): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "reverie-hil-"));
  const paths = { motors: join(folder, "motors"), samples: join(folder, "samples"), truth: join(folder, "truth") };
  const [faultFile, cameraFile] = [join(folder, "fault"), join(folder, "camera-faults")];
  const clockFile = join(folder, "clock");
  const env = {
    REVERIE_MOTOR_TRACE: paths.motors,
    REVERIE_SAMPLE_TRACE: paths.samples,
    REVERIE_TEST_FAULTS: faultFile,
    [CAMERA_FAULTS_FILE]: cameraFile,
    REVERIE_TEST_CLOCK: clockFile,
  };
  const port = await freePort();
  const network = await networkTo(port);
  const typed = Object.entries(scenario.settings).map(([key, value]) => `--${key}=${value}`);
  const [ofLearner, ofRobot] = [typed.filter(isLearners), typed.filter((flag) => !isLearners(flag))];
  const bind = `--bind=tcp://127.0.0.1:${port}`;
  const seed = `--seed=${scenario.seed}`;
  const learner = new ReverieProcess(
    ["learner", "--run", join(folder, "learner"), bind, seed, ...SMALL, ...ofLearner],
    env,
  );
  const robots: ReverieProcess[] = [];
  const wakings = new Wakings();
  let standIn: StandIn | undefined;
  const endAll = (): void => {
    for (const each of [...robots, learner]) {
      for (const pid of each.parts().values()) signal(pid, "SIGKILL");
      each.signal("SIGKILL");
    }
  };
  const onSignal = (): void => {
    endAll();
    void standIn?.close();
    process.exit(130);
  };
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  try {
    standIn = await standInFor(definition, scenario, folder, paths.truth);
    const { flags } = standIn;
    const inject = camerasToo(standIn.inject, cameraFile);
    const link = [`--learner=${network.endpoint}`, `--runtime.link.flushMs=${HIL_DEFAULTS.drainMs}`];
    const run = ["--run", join(folder, "robot"), ...link, seed];
    await says(learner, "listening on");
    const start = (): ReverieProcess =>
      new ReverieProcess(["robot", definition.spec.name, ...run, ...flags, ...ofRobot], env);
    const stage = { robots, learner, network, start, faultFile, clockFile, report };
    const faults = machineFaults(scenario);
    let beginNs = scenario.from === "start" ? await inject(faults) : 0n;
    robots.push(start());
    if (scenario.from === "move") {
      for (let left = HIL_DEFAULTS.starts; !(await moves(paths.motors, robots[0]!, left)); left--) {
        robots[0]!.signal("SIGINT");
        await robots[0]!.ended;
        robots[0] = start();
      }
      beginNs = await inject(faults);
    }
    wakings.begin();
    for (const entry of timetable(scenario)) {
      await until(beginNs, entry.at);
      await happen(stage, entry);
    }
    await until(beginNs, scenario.seconds);
    wakings.end();
    const state = robots.at(-1)!.hasEnded ? "ended" : (robots.at(-1)!.last("robot")?.state ?? "none");
    await end(stage);
    return measure({
      scenario,
      paths,
      beginNs,
      endNs: process.hrtime.bigint(),
      state,
      robots,
      learner,
      seen: await standIn.seen(),
      lateMs: wakings.lateMs,
    });
  } finally {
    wakings.end();
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    endAll();
    await standIn?.close();
    await network.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

function isLearners(flag: string): boolean {
  return flag.startsWith("--learner.");
}

async function happen(
  { robots, learner, network, start, faultFile, clockFile, report }: Stage,
  { at, what }: Entry,
): Promise<void> {
  const robot = robots.at(-1)!;
  report(`${at.toFixed(1)} s: ${JSON.stringify(what)}`);
  if ("network" in what) network.fail(what.network);
  else if ("mend" in what) network.mend();
  else if ("clockHours" in what) setTestClock(clockFile, what.clockHours * HOUR_MS);
  else if ("fail" in what || "goOn" in what) {
    const fault = "fail" in what ? what.fail : what.goOn;
    const pid = (fault.process === "learner" ? learner : robot).parts().get(fault.process);
    if (pid === undefined) report(`${at.toFixed(1)} s: there is no ${fault.process} to fail`);
    else if ("goOn" in what) signal(pid, "SIGCONT");
    else fail(pid, fault, faultFile);
  } else if (what.order === "stop") robot.signal("SIGINT");
  else if (what.order === "start") {
    if (!robot.hasEnded) robot.signal("SIGINT");
    await Promise.race([robot.ended, sleep(END_MS, undefined, { ref: false })]);
    robots.push(start());
  } else robot.type({ order: what.order });
}

function fail(pid: number, { kind }: ProcessFault, faultFile: string): void {
  if (kind === "kill") signal(pid, "SIGKILL");
  else if (kind === "stop") signal(pid, "SIGSTOP");
  else {
    writeFileSync(faultFile, kind);
    signal(pid, "SIGUSR2");
  }
}

/** One that is gone has failed already. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has ended by itself
  }
}

/** The robot in order, then its learner once it has every step. */
async function end({ robots, learner, network }: Stage): Promise<void> {
  network.mend();
  const robot = robots.at(-1)!;
  for (const pid of [...robot.parts().values(), ...learner.parts().values()]) signal(pid, "SIGCONT");
  robot.signal("SIGINT");
  await Promise.race([robot.ended, sleep(END_MS, undefined, { ref: false })]);
  const sequence = robot.last("robot")?.sequence ?? 0;
  const begin = performance.now();
  while ((learner.last("learner")?.steps ?? 0) < sequence && performance.now() - begin < HIL_DEFAULTS.drainMs) {
    await sleep(POLL_MS);
  }
  learner.signal("SIGINT");
  await Promise.race([learner.ended, sleep(END_MS, undefined, { ref: false })]);
}
