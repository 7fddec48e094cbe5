import { expect, test } from "vitest";
import { VirtualClock } from "../../../runtime/clock.ts";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import { AT_ONCE } from "../../../runtime/governor/governor.ts";
import type { Inbox, Question } from "../../../runtime/governor/inbox.ts";
import { MARKS, type MarkedStep, type Order } from "../../../runtime/governor/orders.ts";
import type { State } from "../../../runtime/governor/states.ts";
import type { RobotSpec } from "../../../runtime/robot.ts";
import { draws, fc } from "../../properties.ts";
import { type Rig, rig, spec } from "./fakes.ts";

const answer = ({ tick }: Question, inbox: Inbox): void =>
  inbox.deliver({ tick, action: Float32Array.of(0.5, -0.5), policyVersion: 1, surprise: 0 });

/** Virtual time in which the rest of the world gets its turn too. */
function patientClock(): VirtualClock {
  const clock = new VirtualClock();
  const sleepUntil = clock.sleepUntil.bind(clock);
  clock.sleepUntil = async (deadline) => {
    await sleepUntil(deadline);
    await new Promise(setImmediate);
  };
  return clock;
}

/** Gives orders at questions; `at` also sees the governor in each. */
function ordered(at: (tick: number, rig: Rig) => void, options: Parameters<typeof rig>[1] = {}): Rig {
  const made: Rig = rig(
    (question, inbox) => {
      at(question.tick, made);
      answer(question, inbox);
    },
    { clock: patientClock(), ...options },
  );
  return made;
}

/** Does something so many servo ticks from now. */
function later(driver: Rig["driver"], ticks: number, act: () => void): void {
  const at = driver.reads + ticks;
  const read = driver.read.bind(driver);
  driver.read = async () => {
    if (driver.reads === at) act();
    return read();
  };
}

const estop: Order = { type: "estop", from: "the terminal" };

test("an emergency stop reaches the end state at the next servo tick, and nothing is written after it", async () => {
  const { driver, governor, notes, runFor, questions } = ordered((tick, { driver, governor }) => {
    if (tick === 5) governor.order(estop);
    if (tick === 5) later(driver, 30, () => governor.order({ type: "reset" }));
  });
  await runFor(20);
  const at = driver.log.indexOf("damp");
  const before = driver.log[at - 1];
  expect(typeof before === "object" && before.at).toBe(250_000_000n);
  expect(notes[0]).toBe('estop: estop: emergency stop from the terminal; the robot is brought to "damp"');
  expect(questions.length).toBe(20);
  expect(governor.status.standstill).toBeUndefined();
});

test("a latched machine stays latched, asks nothing and takes no steps, whatever else is ordered", async () => {
  const { driver, governor, steps } = ordered((tick, { governor }) => {
    if (tick !== 5) return;
    for (const order of [estop, { type: "resume" }, { type: "pause" }, { type: "resume" }] as Order[])
      governor.order(order);
  });
  const stop = new AbortController();
  later(driver, 80, () => stop.abort());
  await governor.run(stop.signal);
  expect(governor.status).toMatchObject({ state: "estop", standstill: { cause: "estop" } });
  expect(steps.length).toBe(5);
  expect(driver.targets.length).toBe(5 * 5 + 1 - 5);
});

test("the machine's own emergency stop latches, and cannot be reset while it is pressed", async () => {
  const { driver, governor, notes } = ordered((tick, { driver, governor }) => {
    if (tick !== 4) return;
    driver.sample = { estop: true };
    later(driver, 10, () => governor.order({ type: "reset" }));
  });
  const stop = new AbortController();
  later(driver, 60, () => stop.abort());
  await governor.run(stop.signal);
  expect(governor.status.state).toBe("estop");
  expect(notes).toContain("not reset: the machine's emergency stop is pressed");
});

test("a fault is left by a reset once its cause is gone, from the measured pose and with a first step", async () => {
  const { driver, governor, notes, runFor, steps } = ordered(
    (tick, { driver, governor }) => {
      if (tick !== 6) return;
      driver.sample = { temperature: Float64Array.of(20, 90) };
      later(driver, 20, () => governor.order({ type: "reset" }));
      later(driver, 40, () => {
        driver.sample = {};
        governor.order({ type: "reset" });
      });
    },
    {
      spec: { ...spec, watch: { ...spec.watch, temperature: 60 } },
      watchdogs: { ...RUNTIME_DEFAULTS.watchdogs, temperature: { trip: "fault", holdOffMs: 0 } },
    },
  );
  await runFor(60);
  expect(governor.status).toMatchObject({ state: "engaged", trips: { temperature: 1 } });
  expect(notes.filter((line) => line.startsWith("not reset: temperature: right: expected a temperature"))).toHaveLength(
    1,
  );
  expect(steps.filter(({ isFirst }) => isFirst)).toHaveLength(2);
  expect(driver.log).toContain("damp");
});

test.each(["fault", "estop"] as const)(
  "a governor that begins at %s as the one before it left it moves only when reset",
  async (state) => {
    const standstill = { cause: "temperature", text: "too hot", sinceMs: 7 } as const;
    const made = ordered(() => {}, { latched: { state, standstill } });
    const { driver, governor, notes, questions } = made;
    const seen: unknown[] = [];
    later(driver, 30, () => {
      seen.push(governor.status.state, governor.status.standstill, questions.length, [...driver.log]);
      governor.order({ type: "reset" });
    });
    await made.runFor(10);
    expect(seen).toEqual([state, standstill, 0, ["open", "damp"]]);
    expect(notes[0]).toBe(`${state}: temperature: too hot; the robot is brought to "damp"`);
    expect(governor.status).toMatchObject({ state: "engaged", standstill: undefined });
  },
);

test("paused, the machine is in its end state until it is resumed; then it starts without a jump", async () => {
  const { driver, governor, runFor, steps } = ordered((tick, { governor }) => {
    if (tick === 5) governor.order({ type: "pause" });
    if (tick === 15) governor.order({ type: "resume" });
  });
  await runFor(25);
  expect(governor.status).toMatchObject({ state: "engaged", holds: 1 });
  const paused = steps.findLastIndex(({ isFirst }) => isFirst);
  expect(steps[paused]!.timeNs - steps[paused - 1]!.timeNs).toBe(550_000_000n);
  const again = driver.log.indexOf("damp") + 1;
  expect(driver.log[again]).toMatchObject({ target: [0.5, -0.5] });
});

test("a person takes over and gives back smoothly; the steps say so", async () => {
  const { governor, runFor, steps } = ordered((tick, { governor }) => {
    if (tick === 5) governor.order({ type: "steer", action: Float32Array.of(-1, 7) });
    if (tick === 15) governor.order({ type: "steer", action: undefined });
  });
  await runFor(30);
  const lefts = steps.map(({ action }) => action[0]!);
  for (let k = 2; k < lefts.length; k++)
    expect(Math.abs(lefts[k]! - lefts[k - 1]!)).toBeLessThanOrEqual(1.5 / 5 + 1e-6);
  expect(Math.min(...lefts)).toBe(-1);
  expect(lefts.at(-1)).toBeCloseTo(0.5, 6);
  expect(steps.some(({ action }) => action[1] === 1)).toBe(true);
  const by = steps.map(({ intervened }) => (intervened ? "person" : "policy"));
  expect(by.slice(0, 4)).toEqual(["policy", "policy", "policy", "policy"]);
  expect(by.filter((who) => who === "person").length).toBeGreaterThan(10);
  expect(by.at(-1)).toBe("policy");
  expect(governor.status.interventions).toBe(1);
});

test("a person steers on when the policy dies, and cannot steer with what is no action", async () => {
  const made: Rig = rig((question, inbox) => {
    if (question.tick === 3) made.governor.order({ type: "steer", action: Float32Array.of(-1, 1) });
    if (question.tick === 4) made.governor.order({ type: "steer", action: Float32Array.of(Number.NaN, 1) });
    if (question.tick < 12) answer(question, inbox);
  });
  await made.runFor(40);
  expect(made.governor.status).toMatchObject({ state: "engaged", holds: 0 });
  expect(made.steps.at(-1)!.action).toEqual(Float32Array.of(-1, 1));
  expect(made.notes[0]).toContain("steer: expected 2 finite numbers, found [NaN,1]");
});

test("a policy whose process is gone is not waited for", async () => {
  let silent = false;
  const made: Rig = rig((question, inbox) => {
    silent = question.tick === 6;
    if (!silent) answer(question, inbox);
    else made.governor.policyGone();
  });
  await made.runFor(10);
  expect(made.governor.status).toMatchObject({ holds: 1, starvedTicks: 0 });
  expect(made.notes[0]).toContain("held: policy: its process is gone");
  const at = made.driver.log.indexOf("damp");
  const last = made.driver.log[at - 1];
  expect(typeof last === "object" && last.at).toBe(290_000_000n);
});

test("a policy that dies after its answer is not waited for either, and moves the robot again when it is back", async () => {
  const made: Rig = rig((question, inbox) => {
    if (question.tick >= 7 && question.tick < 10) return;
    answer(question, inbox);
    if (question.tick === 6) made.governor.policyGone();
  });
  await made.runFor(12);
  expect(made.governor.status).toMatchObject({ state: "engaged", holds: 1, starvedTicks: 0 });
  const at = made.driver.log.indexOf("damp");
  const last = made.driver.log[at - 1];
  expect(typeof last === "object" && last.at).toBe(290_000_000n);
});

test("a mark ends the episode and says how it went", async () => {
  const marks: MarkedStep[] = [];
  const { runFor, steps, notes } = ordered(
    (tick, { governor }) => {
      if (tick === 0) governor.order({ type: "mark", mark: "worked" });
      if (tick === 6) governor.order({ type: "mark", mark: "failed" });
    },
    { onMark: (mark) => marks.push(mark) },
  );
  await runFor(12);
  expect(notes[0]).toBe('"worked" was not noted: no episode is under way');
  expect(marks).toEqual([{ sequence: 6, mark: "failed" }]);
  expect(steps[6]!.isLast).toBe(true);
  expect(steps[7]).toMatchObject({ index: 0, episode: steps[6]!.episode + 1, isFirst: false });
});

test("a loop told to hold on overruns does", async () => {
  const settings = { ...RUNTIME_DEFAULTS.governor, overrun: "hold" };
  const clock = new VirtualClock();
  const { governor, runFor } = ordered((tick) => void (tick === 4 && clock.sleepUntil(clock.now() + 34_000_000n)), {
    clock,
    settings,
  });
  await runFor(10);
  expect(governor.status).toMatchObject({ holds: 1, missedTicks: 2 });
  await expect(ordered(() => {}, { settings: { ...settings, overrun: "panic" } }).runFor(3)).rejects.toThrow(
    'governor.overrun: expected skip or hold, found "panic"',
  );
});

test("in lockstep, where nobody can reset it, a fault ends the run", async () => {
  const made: Rig = ordered(
    (tick, { driver, inbox }) => {
      inbox.permit(100);
      if (tick === 5) driver.sample = { temperature: Float64Array.of(9, 99) };
    },
    {
      lockstep: true,
      spec: { ...spec, watch: { ...spec.watch, temperature: 60 } },
      watchdogs: { ...RUNTIME_DEFAULTS.watchdogs, temperature: { trip: "fault", holdOffMs: 0 } },
    },
  );
  made.inbox.permit(100);
  await expect(made.runFor(20)).rejects.toThrow(
    "temperature: right: expected a temperature of at most 60 °C, found 99",
  );
  expect(made.governor.status.state).toBe("fault");
  expect(made.driver.log.at(-1)).toBe("damp");
});

test("a machine that is measured where no joint can be is held, and goes on by itself when that is over", async () => {
  const { driver, governor, notes, runFor, steps } = ordered((tick, { driver }) => {
    if (tick === 5) driver.sample = { position: Float64Array.of(9, Number.NaN) };
    if (tick === 9) driver.sample = {};
  });
  await runFor(20);
  expect(governor.status).toMatchObject({ state: "engaged", holds: 1, trips: { sample: 1 } });
  expect(notes[0]).toContain("held: sample: left: expected -2 to 2 rad, found 9.000; check its calibration");
  expect(steps.filter(({ isFirst }) => isFirst)).toHaveLength(2);
  expect(driver.targets.flat().every((target) => Math.abs(target) <= 2)).toBe(true);
});

test("unsafe limits are refused before anything moves", async () => {
  const unsafe: RobotSpec = { ...spec, restPose: [0, 5] };
  const { driver, governor, runFor } = ordered(() => {}, { spec: unsafe });
  await expect(runFor(5)).rejects.toThrow("fake: unsafe limits, nothing was moved: rest pose: expected right");
  expect(driver.targets).toEqual([]);
  expect(governor.status.state).toBe("fault");
});

test("an emergency stop ends the way to the rest pose at once", async () => {
  const slow: RobotSpec = { ...spec, rest: { speed: 0.01, contactError: 0.1 } };
  const { driver, governor, inbox } = rig((question, inbox) => answer(question, inbox), {
    clock: patientClock(),
    spec: slow,
    report: (text) => {
      if (text === "returns to its rest pose") setImmediate(() => governor.order(estop));
    },
  });
  expect(inbox.answer).toBeUndefined();
  const stop = new AbortController();
  later(driver, 40, () => stop.abort());
  await governor.run(stop.signal);
  expect(governor.status).toMatchObject({ state: "estop", standstill: { cause: "estop" } });
  const left = driver.targets.at(-1)!;
  expect(Math.abs(left[0]!)).toBeGreaterThan(0.2); // it was far from there
});

test("at an orderly end a machine that rests returns to its rest pose, slowly; one that meets something stops there", async () => {
  const resting: RobotSpec = { ...spec, rest: { speed: 1, contactError: 0.1 } };
  const free = ordered(() => {}, { spec: resting });
  await free.runFor(20);
  expect(free.driver.targets.at(-1)).toEqual([0, 0]);
  expect(free.notes).toContain("return to the rest pose: rests");
  const way = free.driver.targets.slice(19 * 5 - 5).map(([left]) => left!);
  for (let i = 1; i < way.length; i++) expect(Math.abs(way[i]! - way[i - 1]!)).toBeLessThanOrEqual(0.01 + 1e-9);
  expect(free.driver.log.at(-1)).toBe("damp");
  const blocked: Rig = ordered(
    (tick) => {
      if (tick === 19) blocked.driver.sample = { position: Float64Array.of(0.5, -0.5) };
    },
    { spec: resting },
  );
  await blocked.runFor(20);
  expect(blocked.notes).toContain("return to the rest pose: met something");
  expect(blocked.driver.targets.at(-1)![0]).toBeGreaterThan(0.2);

  const alone = ordered(() => {}, { spec: resting });
  const stop = new AbortController();
  later(alone.driver, 60, () => stop.abort(AT_ONCE));
  await alone.governor.run(stop.signal);
  expect(alone.notes).toEqual([]);
  expect(alone.driver.targets.at(-1)).toEqual([0.5, -0.5]);
  expect(alone.driver.log.at(-1)).toBe("damp");
});

/** What may happen to a governor at any time. */
const happening = fc.oneof(
  fc.constantFrom<Order>(estop, { type: "reset" }, { type: "pause" }, { type: "resume" }),
  fc.constantFrom(...MARKS).map((mark): Order => ({ type: "mark", mark })),
  fc.constantFrom("silence", "noise", "hot", "cool", "pressed", "released", "gone", "steer", "let go", "nothing"),
);

test("whatever happens in whatever order: torque only while engaged, latches hold, the end state comes first", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 1, maxLength: 25 }), async (events) => {
      const states: State[] = [];
      let speaking = true;
      let noisy = false;
      const made: Rig = rig(
        (question, inbox) => {
          if (noisy) inbox.deliver({ tick: question.tick, action: new Float32Array(1), policyVersion: 1, surprise: 0 });
          else if (speaking) answer(question, inbox);
        },
        { spec: { ...spec, watch: { ...spec.watch, temperature: 60 } } },
      );
      const { governor, driver } = made;
      const stop = new AbortController();
      const write = driver.write.bind(driver);
      driver.write = async (command) => {
        expect(governor.status.state).toBe("engaged");
        expect(driver.sample.estop).not.toBe(true);
        return write(command);
      };
      let reads = 0;
      let resetOrdered = false;
      let steered = false;
      const read = driver.read.bind(driver);
      driver.read = async () => {
        const { state } = governor.status;
        const latched = states.at(-1) === "fault" || states.at(-1) === "estop";
        if (latched && state !== states.at(-1) && state !== "estop") {
          expect(resetOrdered).toBe(true);
          expect(["ready", "engaged"]).toContain(state);
          if (state === "engaged") expect(steered).toBe(true);
        }
        if (!latched) resetOrdered = false;
        states.push(state);
        const event = reads % 13 === 12 ? events[Math.floor(reads / 13)] : undefined;
        if (++reads > 13 * (events.length + 2)) stop.abort();
        if (typeof event === "object" && event.type === "reset") resetOrdered = true;
        if (event === "steer") steered = true;
        if (typeof event === "object") governor.order(event);
        else if (event === "silence") speaking = false;
        else if (event === "noise") noisy = true;
        else if (event === "nothing") [speaking, noisy] = [true, false];
        else if (event === "gone") governor.policyGone();
        else if (event === "hot") driver.sample = { ...driver.sample, temperature: Float64Array.of(99, 20) };
        else if (event === "cool") driver.sample = { ...driver.sample, temperature: Float64Array.of(20, 20) };
        else if (event === "pressed" || event === "released")
          driver.sample = { ...driver.sample, estop: event === "pressed" };
        else if (event === "steer") governor.order({ type: "steer", action: Float32Array.of(0.1, 0.2) });
        else if (event === "let go") governor.order({ type: "steer", action: undefined });
        return read();
      };
      await governor.run(stop.signal);
      expect(driver.log.at(-1)).toBe("damp");
      expect(made.steps.map(({ sequence }) => sequence)).toEqual(made.steps.map((_, i) => i));
    }),
    { numRuns: draws(60) },
  );
});
