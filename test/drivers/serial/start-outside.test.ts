import { expect, test } from "vitest";
import { calibratedSpec } from "../../../calibration/spec.ts";
import { FirstOrderPlant } from "../../../drivers/mock/first-order-plant.ts";
import { makeBus } from "../../../drivers/mock/make-bus.ts";
import { mountedRobot } from "../../../drivers/mock/mounting.ts";
import { FAMILIES } from "../../../drivers/serial/families.ts";
import { servoJoints } from "../../../drivers/serial/serial-robot.ts";
import { servoChain } from "../../../drivers/serial/servo-chain.ts";
import { realTimers } from "../../../drivers/serial/timers.ts";
import { SO101 } from "../../../robots/so101/so101.ts";
import { RealtimeClock } from "../../../runtime/clock.ts";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import { Governor } from "../../../runtime/governor/governor.ts";
import { Inbox } from "../../../runtime/governor/inbox.ts";
import { plugIn } from "../mock/bus-of.ts";

const ELBOW = 2;

test("a joint beyond its range at the start: it is named, nothing is powered, and once it is moved back all goes on", async () => {
  const serial = SO101.serial!;
  const { servos, calibration } = mountedRobot(SO101.spec, serial, 2);
  const spec = calibratedSpec(SO101.spec, calibration);
  const plant = new FirstOrderPlant(spec.restPose.map((q, i) => (i === ELBOW ? -1.85 : q)));
  const emulated = makeBus("sts", servos, { plant, timers: realTimers });
  const clock = new RealtimeClock();
  const { driver } = servoChain({
    ...{ spec, family: FAMILIES.sts, port: plugIn(emulated), baud: serial.baud, clock },
    joints: async () => servoJoints(spec, serial, calibration),
    driver: { plausibleJump: 9 }, // the hand that moves it back
    line: { slackMs: 50, echo: "no" },
  });
  const inbox = new Inbox();
  const stop = new AbortController();
  const notes: string[] = [];
  const torques = (): number[] => emulated.servos.map((servo) => servo.get(FAMILIES.sts.torque));
  let seen: number[] | undefined;
  const governor = new Governor({
    ...{ spec, task: SO101.task(SO101.settings), driver, clock, inbox },
    ask: ({ tick }) => {
      setImmediate(() => inbox.deliver({ tick, action: new Float32Array(6), policyVersion: 1, surprise: 0 }));
      if (tick === 6) {
        seen = torques();
        plant.place(ELBOW, -1.6);
      }
    },
    onStep: ({ sequence }) => {
      if (sequence === 3) stop.abort("at once");
    },
    report: (text) => notes.push(text),
    settings: RUNTIME_DEFAULTS.governor,
    watchdogs: RUNTIME_DEFAULTS.watchdogs,
    ...{ lockstep: false, sequence: 0, episode: 0, steps: 0 },
  });
  await governor.run(stop.signal);
  await driver.close();
  expect(notes[0]).toMatch(
    /^does not move: sample: elbow_flex: expected -1\.69 to 1\.69 rad, found -1\.8\d\d; check its cal/,
  );
  expect(seen).toEqual([0, 0, 0, 0, 0, 0]);
  expect(governor.status.steps).toBe(4);
  emulated.close();
});
