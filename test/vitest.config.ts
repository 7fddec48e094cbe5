import { defineConfig } from "vitest/config";
import { PatientFirst } from "./patient-first.ts";

/** Need nobody's time but the processor's, and leave nothing behind in their process: three at once, many in one process. */
const PURE = [
  "test/*.test.ts",
  "test/calibration/**/*.test.ts",
  "test/cli/{doctor/!(compute),gif/*,process/!(relaxer)}.test.ts",
  "test/cli/{bench/phase,chaos/{account,plan,rhythm},failures/row,hil/{judge,library,parse-scenario}}.test.ts",
  "test/cli/keyboard/{command,controls,keyboard,order-line}.test.ts",
  "test/cli/{arguments,display,drivers,export-bundle,keys,log,played,plot,policy,settings,summary}.test.ts",
  "test/drivers/camera/{judge,keeper,newest-sender,resize,seeing-driver,settings,simulated-camera}.test.ts",
  "test/drivers/camera/source/{frame-cutter,picture-files}.test.ts",
  "test/drivers/mock/{mounting,physics-plant,reply-order}.test.ts",
  "test/drivers/ros2/{base,cbor,codec,devices,estop,go2,rclnodejs,rosbridge,rosbridge-server,stamp-clock}.test.ts",
  "test/drivers/{serial,sim}/**/*.test.ts",
  "test/learner/replay/**/*.test.ts",
  "test/learner/train/{checkpoint,checkpointer,checks,experience,lockstep,publish,ratio,recent,stream-record}.test.ts",
  "test/robots/{!(over-ros2),*/*}.test.ts",
  "test/runtime/{random,step}.test.ts",
  "test/runtime/governor/!(allocation|bad-input|gc-pauses).test.ts",
  "test/runtime/link/{images,mark-log,policies,spool,stage-log}.test.ts",
  "test/runtime/{log,wire}/**/*.test.ts",
  "test/runtime/supervisor/{ring,standing-orders,status-board,step-feed,still-latched}.test.ts",
];
/** Set for their whole process how numbers near 0 are counted, or how much memory it has. */
const SETTING = [
  "test/cli/experiment/**/*.test.ts",
  "test/cli/doctor/compute.test.ts",
  "test/learner/{agent,baseline,compile,nn,report}/**/*.test.ts",
  "test/runtime/{fuzz,policy}/**/*.test.ts",
];
/** Have processes of their own that wait for each other, however long it takes. */
const PATIENT = [
  "test/cli/{calibrate,experiment,learns,lerobot,main,play,pretraining,pushed,render,so101,teach,two-robots}.test.ts",
  "test/cli/bench/{bus,camera,link,loop,ros2}.test.ts",
  "test/cli/keyboard/terminal.test.ts",
  "test/learner/train/{killed,thread}.test.ts",
  "test/runtime/link/{ending,same-name,nats/leaf,nats/nats}.test.ts",
  "test/runtime/supervisor/lockstep.test.ts",
];
/** Count what there is to collect, in a process that has run nothing before. */
const COLLECTING = ["test/runtime/governor/{allocation,gc-pauses}.test.ts"];

/** A computer that does something else for a moment gets a second look, which the reporter shows; what is wrong is wrong twice. */
const retry = 1;
const AT_ONCE = { maxWorkers: 3, sequence: { groupOrder: 0 } };
const IN_TURN = { maxWorkers: 1, sequence: { groupOrder: 1 } };

/**
 * What waits or computes goes at once, three files on two cores. Everything else has processes, sockets or clocks of its own and is
 * measured by them: one file after the other.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: PatientFirst },
    projects: [
      { test: { name: "pure", include: PURE, isolate: false, retry, ...AT_ONCE } },
      { test: { name: "alone", include: [...SETTING, ...PATIENT], retry, ...AT_ONCE } },
      { test: { name: "collecting", include: COLLECTING, retry, ...IN_TURN } },
      {
        test: {
          name: "in time",
          include: ["test/**/*.test.ts"],
          exclude: [...PURE, ...SETTING, ...PATIENT, ...COLLECTING],
          isolate: false,
          retry,
          ...IN_TURN,
        },
      },
    ],
  },
});
