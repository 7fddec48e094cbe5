/** The governor's process: nothing but the driver, the loop and a pipe to the supervisor. */
import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { RealtimeClock, VirtualClock } from "../../clock.ts";
import { GcPauses } from "../../governor/gc-pauses.ts";
import { AT_ONCE, Governor } from "../../governor/governor.ts";
import { Inbox } from "../../governor/inbox.ts";
import { longestRestMs } from "../../governor/rest-move.ts";
import { addTallies, NO_STEPS, tallyStep } from "../../governor/tally.ts";
import {
  type FromGovernor,
  type GovernorReport,
  parentChannel,
  type StepMark,
  type SupervisorConfig,
  type ToGovernor,
} from "../../ipc.ts";
import { StandardTopics } from "../../log/standard-topics.ts";
import { askRealtime } from "../../realtime/ask.ts";
import { thisMachine } from "../../realtime/machine.ts";
import { describeScheduling } from "../../realtime/scheduling.ts";
import type { Driver } from "../../robot.ts";
import { imagesOf } from "../../wire/images.ts";
import { encodeSteps, stepLayout } from "../../wire/step-codec.ts";
import { writeWhole } from "../../write-whole.ts";
import { aliveClock } from "./alive-clock.ts";
import { loadMachine, simulationIn } from "./machine.ts";
import { stepTrace } from "./step-trace.ts";
import { acceptTestClock } from "./test-clock.ts";
import { acceptTestFaults } from "./test-faults.ts";

acceptTestFaults();
acceptTestClock();

const channel = parentChannel<ToGovernor, FromGovernor>();
const inbox = new Inbox();
const stop = new AbortController();
let started = false;
type ForGovernor = Extract<ToGovernor, { type: "order" | "policyGone" }>;
/** What comes before there is a governor waits for it: it hears of an emergency stop before it moves anything. */
const early: ForGovernor[] = [];
let obey = (message: ForGovernor): void => void early.push(message);

channel.onMessage((message) => {
  if (message.type === "answer") inbox.deliver(message.answer);
  else if (message.type === "permit") inbox.permit(message.through);
  else if (message.type === "start") void start(message);
  else if (message.type === "order" || message.type === "policyGone") obey(message);
  else if (started) stop.abort();
  else process.disconnect();
});
channel.onClose(() => stop.abort(AT_ONCE));
process.on("SIGINT", () => stop.abort());
process.on("SIGTERM", () => stop.abort());

async function start(order: Extract<ToGovernor, { type: "start" }>): Promise<void> {
  started = true;
  try {
    await govern(order);
    process.exitCode = 0;
  } catch (error) {
    channel.send({ type: "failed", reason: (error as Error).message });
    process.exitCode = 1;
  }
  if (process.connected) process.disconnect();
}

async function govern({ config, ...start }: Extract<ToGovernor, { type: "start" }>): Promise<void> {
  const { spec, task, schema, driver: makeDriver } = await loadMachine(config);
  const lockstep = config.clock === "lockstep";
  if (config.realtime) channel.send({ type: "note", text: await realtime(config) });
  const scheduling = describeScheduling(thisMachine.schedulingOf(process.pid));
  const clock = lockstep ? new VirtualClock() : new RealtimeClock(config.runtime.governor);
  const driver = await makeDriver(clock, (text) => channel.send({ type: "note", text }));
  const restMs = longestRestMs(spec);
  const alive = (): void => channel.send({ type: "alive", looping: true, restMs });
  const layout = stepLayout(schema);
  const standard = config.runtime.link.standardTopics ? new StandardTopics(spec) : undefined;
  const pauses = new GcPauses();
  const trace = stepTrace();
  let tally = NO_STEPS;
  let marks: StepMark[] = [];
  const report = (): GovernorReport => {
    const its = tally;
    tally = NO_STEPS;
    return { ...governor.status, ...its, gc: pauses.report, scheduling };
  };
  const tellStatus = (): void => channel.send({ type: "status", status: report() });
  const governor = new Governor({
    spec,
    task,
    driver,
    clock: aliveClock(clock, alive, lockstep ? Number.POSITIVE_INFINITY : config.runtime.supervisor.governorAliveMs),
    inbox,
    ask: (question) => channel.send({ type: "question", question }),
    onStep: (step, { stage, speed, sample }) => {
      tally = addTallies(tally, tallyStep(step.reward, stage, speed));
      const row = encodeSteps(layout, [step]);
      const marked = marks.length > 0 ? { marks } : {};
      marks = [];
      const seen = imagesOf(schema, step, sample.images);
      const images = seen.length > 0 ? { images: seen } : {};
      const measured = standard === undefined ? {} : { measured: standard.pack(sample) };
      const { sequence, episode } = step;
      trace(sequence, row);
      channel.send({ type: "step", sequence, episode, stage, row, ...images, ...measured, ...marked });
    },
    report: (text) => {
      channel.send({ type: "note", text });
      tellStatus();
    },
    onMark: (mark) => {
      marks.push({ mark: mark.mark, timeMs: Date.now() });
      channel.send({ type: "mark", ...mark });
    },
    settings: config.runtime.governor,
    watchdogs: config.runtime.watchdogs,
    lockstep,
    ...start,
  });
  obey = (message) => (message.type === "order" ? governor.order(message.order) : governor.policyGone());
  for (const message of early.splice(0)) obey(message);
  let timer: NodeJS.Timeout | undefined;
  const statePath = config.play === undefined ? join(config.run, "robot", "sim-state") : undefined;
  try {
    await driver.open();
    if (statePath !== undefined) restore(driver, statePath);
    const before = pushes(driver);
    if (!lockstep) await driver.read(); // the first is slow, and what it takes to load is not the loop's
    timer = setInterval(tellStatus, config.runtime.supervisor.statusMs); // not before: a driver that never opens is to be missed
    pauses.start();
    await governor.run(stop.signal);
    channel.send({ type: "alive", looping: false, restMs: 0 });
    if (statePath !== undefined) save(driver, statePath);
    const count = pushes(driver) - before;
    if (count > 0) channel.send({ type: "note", text: `the simulated robot was pushed ${count} times` });
    const timeouts = simulationIn(driver)?.timeouts ?? 0;
    if (timeouts > 0) {
      const text = `the simulated robot damped itself ${timeouts} times because no command came in time`;
      channel.send({ type: "note", text });
    }
  } finally {
    clearInterval(timer);
    pauses.stop();
    await driver.close();
  }
  for (const { mark } of marks) channel.send({ type: "note", text: `"${mark}" was not kept: no step came after it` });
  channel.send({ type: "ended", status: report() });
}

/** What the system gave, one line for a person. */
async function realtime({ clock, runtime }: SupervisorConfig): Promise<string> {
  if (clock === "lockstep") return "realtime: nothing was asked for: in lockstep no deadline is on the machine's clock";
  return askRealtime(process.pid, runtime.governor.fifoPriority, thisMachine);
}

function pushes(driver: Driver): number {
  return simulationIn(driver)?.pushCount ?? 0;
}

/** A simulated machine goes on where it lay; one that cannot, because its model changed, starts anew. */
function restore(driver: Driver, path: string): void {
  const simulation = simulationIn(driver);
  if (simulation === undefined || !fs.existsSync(path)) return;
  try {
    simulation.restore(fs.readFileSync(path));
  } catch (error) {
    channel.send({ type: "note", text: `the simulated robot starts anew: ${(error as Error).message}` });
  }
}

function save(driver: Driver, path: string): void {
  const simulation = simulationIn(driver);
  if (simulation === undefined) return;
  try {
    fs.mkdirSync(dirname(path), { recursive: true });
    writeWhole(path, simulation.snapshot());
  } catch (error) {
    channel.send({ type: "note", text: `the simulated robot's state was not kept: ${(error as Error).message}` });
  }
}
