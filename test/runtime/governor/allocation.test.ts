import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

const built = (path: string): string => new URL(`../../../dist/${path}`, import.meta.url).href;

/** Runs the built loop on the simulated A1 and prints how many bytes a servo tick leaves to collect. */
const program = `
import { Session } from "node:inspector";
const { Governor } = await import("${built("runtime/governor/governor.js")}");
const { Inbox } = await import("${built("runtime/governor/inbox.js")}");
const { VirtualClock } = await import("${built("runtime/clock.js")}");
const { RUNTIME_DEFAULTS } = await import("${built("runtime/defaults.js")}");
const { SimDriver } = await import("${built("drivers/sim/sim-driver.js")}");
const { loadRobot } = await import("${built("robots/catalogue.js")}");

const { spec, settings, task: makeTask, simulation } = await loadRobot("a1");
const task = makeTask(settings);
const clock = new VirtualClock();
const driver = new SimDriver(spec, simulation(settings), clock);
const inbox = new Inbox();
const stop = new AbortController();
const action = new Float32Array(task.action.length);
const session = new Session();
session.connect();
const [warm, measured] = [300, 700];
const ask = ({ tick }) => {
  if (tick === warm) {
    session.post("HeapProfiler.startSampling", {
      samplingInterval: 1024,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    });
  }
  if (tick === warm + measured) stop.abort();
  inbox.deliver({ tick, action, policyVersion: 1, surprise: 0 });
};
const { governor: own, watchdogs } = RUNTIME_DEFAULTS;
await new Governor({
  spec, task, driver, clock, inbox, ask, onStep: () => {}, report: () => {}, settings: own, watchdogs,
  lockstep: false, sequence: 0, episode: 0, steps: 0,
}).run(stop.signal);
session.post("HeapProfiler.stopSampling", (_, { profile }) => {
  const sum = ({ selfSize, children }) => children.reduce((all, child) => all + sum(child), selfSize);
  console.log(sum(profile.head) / (measured * spec.servoRateHz / spec.policyRateHz));
});
`;

test("a servo tick leaves little to collect", () => {
  const bytes = Number(
    execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" }),
  );
  expect(bytes).toBeGreaterThan(500);
  expect(bytes).toBeLessThan(5000); // 3.1 kB where this was written; 7.6 kB while commands and checks were copied
}, 60_000);
