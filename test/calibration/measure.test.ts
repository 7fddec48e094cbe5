import { expect, test } from "vitest";
import { toRadians } from "../../calibration/joint.ts";
import { type MeasureOptions, measureJoints } from "../../calibration/measure.ts";
import { newProgress, type Progress, progressLine } from "../../calibration/progress.ts";
import type { ServoKind, ServoSetup } from "../../drivers/mock/make-bus.ts";
import { findServos } from "../../drivers/serial/find-servos.ts";
import { ServoRig } from "../../drivers/serial/servo-rig.ts";
import { draws, fc } from "../properties.ts";
import { GUIDE, machine, robotOf, SETTINGS, SPEC } from "./machine.ts";
import { Person } from "./person.ts";

const names = SPEC.joints.map(({ name }) => name);
const TICK = (2 * Math.PI) / 4096;

interface Trial {
  readonly kind: ServoKind;
  readonly setups: readonly ServoSetup[];
  readonly handsFree?: boolean;
  readonly options?: Partial<MeasureOptions>;
  readonly meet?: (made: ReturnType<typeof machine>, person: Person) => void;
  readonly stops?: boolean;
  readonly progress?: Progress;
}

/** Calibrates an emulated machine; what was kept last is there whatever happens. */
async function calibrate({ kind, setups, handsFree = true, options = {}, meet, stops = false, progress }: Trial) {
  const made = machine(kind, setups, { stops });
  const { bus, clock, family, plant } = made;
  const person = new Person(SPEC, plant, { handsFree });
  meet?.(made, person);
  await bus.open();
  const rig = await ServoRig.of(bus, family, await findServos(names, robotOf(kind), family, bus));
  const shared = {
    spec: SPEC,
    guide: GUIDE,
    rig,
    attendant: person,
    clock,
    settings: SETTINGS,
    columns: 100,
    auto: false,
  };
  let kept = progress ?? newProgress("arm", "sweep", rig.joints);
  const done = measureJoints({ ...shared, signal: new AbortController().signal, ...options }, kept, (now) => {
    kept = now;
  });
  const joints = await done.catch((error: Error) => error).finally(() => bus.close());
  return { ...made, joints, person, kept: () => kept, progress: kept };
}

function setupsOf(zeros: readonly number[], directions: readonly (1 | -1)[], offset = 0): ServoSetup[] {
  return zeros.map((zero, i) => ({ id: i + 1, mounting: { zero, direction: directions[i]! }, homingOffset: offset }));
}

/** What the servos now say at some angles is what the calibration makes of it. */
function expectTrue(
  { joints, emulated, plant, clock, family }: Awaited<ReturnType<typeof calibrate>>,
  setups: readonly ServoSetup[],
) {
  if (joints instanceof Error) throw joints;
  for (const [i, joint] of joints.entries()) {
    expect(joint.direction).toBe(setups[i]!.mounting.direction);
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      const { min, max } = SPEC.joints[i]!;
      const angle = min + share * (max - min);
      plant.place(i, angle);
      void clock.sleepUntil(clock.now() + 1_000_000n);
      emulated.look();
      const counts = emulated.servos[i]!.get(family.registers.presentPosition!);
      expect(Math.abs(toRadians(joint, counts) - angle), `${joint.name} at ${angle}`).toBeLessThan(1.01 * TICK);
      expect(counts).toBeGreaterThanOrEqual(joint.min);
      expect(counts).toBeLessThanOrEqual(joint.max);
    }
    expect(emulated.servos[i]!.get(family.registers.minPosition!)).toBe(joint.min);
    expect(emulated.servos[i]!.get(family.registers.maxPosition!)).toBe(joint.max);
    expect(joint.homingOffset).toBe(family.homingOffset ? emulated.servos[i]!.get(family.homingOffset) : null);
  }
}

const direction = fc.constantFrom<1 | -1>(1, -1);
const directions = fc.tuple(direction, direction, direction);

test("any Feetech machine is found as it is, wherever its encoders begin anew and whatever its servos added before", async () => {
  const zero = fc.integer({ min: 0, max: 4095 });
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(zero, zero, zero),
      directions,
      fc.integer({ min: -2047, max: 2047 }),
      async (zeros, ways, offset) => {
        const setups = setupsOf(zeros, ways, offset);
        expectTrue(await calibrate({ kind: "sts", setups }), setups);
      },
    ),
    { numRuns: draws(6) },
  );
});

test("any Dynamixel machine whose ranges stay within a turn of the encoder is found as it is", async () => {
  const zero = fc.integer({ min: 1200, max: 2800 });
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(zero, zero, zero),
      directions,
      fc.integer({ min: -300, max: 300 }),
      async (zeros, ways, offset) => {
        const setups = setupsOf(zeros, ways, offset);
        expectTrue(await calibrate({ kind: "dynamixel", setups }), setups);
      },
    ),
    { numRuns: draws(4) },
  );
});

test("a Dynamixel whose range crosses its encoder's seam is named, with what to do", async () => {
  const { joints } = await calibrate({ kind: "dynamixel", setups: setupsOf([2048, 3900, 2048], [1, 1, 1]) });
  expect(String(joints)).toMatch(
    /joint2 \(servo 2\): its range crosses the place where its encoder begins anew.*turn it by a quarter/,
  );
});

test("servos without an offset, and their 300 degrees, are found too", async () => {
  const setups = setupsOf([500, 520, 400], [1, -1, 1]);
  const { joints } = await calibrate({ kind: "scs", setups });
  if (joints instanceof Error) throw joints;
  for (const [i, joint] of joints.entries()) {
    expect(joint.direction).toBe(setups[i]!.mounting.direction);
    expect(Math.abs(joint.zero - setups[i]!.mounting.zero)).toBeLessThanOrEqual(1);
    expect(joint.homingOffset).toBeNull();
  }
});

test("with Enter, what was not swept is named and the sweep goes on", async () => {
  const setups = setupsOf([100, 2048, 4000], [1, -1, 1]);
  const result = await calibrate({
    kind: "sts",
    setups,
    handsFree: false,
    meet: (_, person) => {
      const { confirmed } = person;
      let asked = 0;
      person.confirmed = () => (asked++ === 5 ? true : confirmed.call(person));
    },
  });
  expect(result.person.said.join("\n")).toMatch(/Not swept yet: joint\d \(\d+%\)/);
  expectTrue(result, setups);
});

test("a joint that moved in place of the one asked for is named", async () => {
  const setups = setupsOf([100, 2048, 4000], [1, -1, 1]);
  const result = await calibrate({
    kind: "sts",
    setups,
    handsFree: false,
    meet: ({ plant }, person) => {
      let wrong = false;
      const { say, confirmed } = person;
      person.say = (line) => {
        say.call(person, line);
        wrong ||= line.startsWith("Direction of joint1");
      };
      let looks = 0;
      person.confirmed = () => {
        if (!wrong || looks > 2) return confirmed.call(person);
        plant.place(0, 0);
        plant.place(1, -0.5);
        return ++looks === 2;
      };
    },
  });
  expect(result.person.said.join("\n")).toMatch(/That was joint2 \(servo 2\); asked for is joint1 \(servo 1\)/);
  expectTrue(result, setups);
});

test("interrupted anywhere it has changed no servo, says what is done, and goes on from there", async () => {
  const setups = setupsOf([4090, 30, 2000], [-1, 1, -1], 77);
  for (const [stopAt, done] of [
    [40, /^partly swept: joint1, joint2$/],
    [115, /^swept$/],
    [150, /^swept, home pose, direction of joint/],
  ] as const) {
    const controller = new AbortController();
    let looks = 0;
    const first = await calibrate({
      kind: "sts",
      setups,
      options: { signal: controller.signal },
      meet: (_, person) => {
        person.onShow = () => {
          if (++looks === stopAt) controller.abort(new Error("interrupted"));
        };
      },
    });
    expect(String(first.joints)).toContain("interrupted");
    expect(first.emulated.servos.map((servo) => servo.get(first.family.homingOffset!))).toEqual([77, 77, 77]);
    const kept = JSON.parse(JSON.stringify(first.kept())) as Progress;
    expect(progressLine(kept)).toMatch(done);
    const second = await calibrate({ kind: "sts", setups, progress: kept });
    expectTrue(second, setups);
    expect(second.person.said.some((line) => line.startsWith("Sweep"))).toBe(stopAt < 100);
  }
});

test("a cable pulled in the middle of it ends it with the servo's name, and what was measured is kept", async () => {
  const setups = setupsOf([100, 2048, 4000], [1, -1, 1]);
  const { joints, kept } = await calibrate({
    kind: "sts",
    setups,
    meet: ({ emulated }, person) => {
      person.onShow = (look) => {
        if (look === 40) emulated.receive = () => {};
      };
    },
  });
  expect(String(joints)).toMatch(/joint1 \(servo 1\): no believable answer for 0\.\d s; check its cable/);
  expect(kept().joints[0]!.range![1] - kept().joints[0]!.range![0]).toBeGreaterThan(2000);
});

test.each(["sts", "dynamixel"] as const)(
  "%s: motors find their stops with little torque, and are limp and unlimited afterwards",
  async (kind) => {
    const setups = setupsOf(kind === "sts" ? [4000, 100, 2048] : [2048, 2100, 1900], [1, 1, 1]);
    const result = await calibrate({ kind, setups, stops: true, options: { auto: true } });
    expectTrue(result, setups);
    for (const servo of result.emulated.servos) {
      expect(servo.get(result.family.torque)).toBe(0);
      expect(servo.get(result.family.torqueLimit!.register)).toBe(result.family.torqueLimit!.full);
    }
  },
);

test("motors that get hot or find no stop let everything go", async () => {
  const setups = setupsOf([2048, 2100, 1900], [1, 1, 1]);
  const hot = await calibrate({
    kind: "sts",
    setups,
    stops: true,
    options: { auto: true, settings: { ...SETTINGS, auto: { ...SETTINGS.auto, temperature: 20 } } },
  });
  expect(String(hot.joints)).toMatch(
    /joint1 \(servo 1\): expected a temperature up to 20 °C, found 30 °C: it was let go/,
  );
  const endless = await calibrate({ kind: "sts", setups, options: { auto: true } });
  expect(String(endless.joints)).toMatch(/joint1 \(servo 1\): expected a stop within .* rad, found none/);
  for (const { emulated, family } of [hot, endless]) {
    expect(emulated.servos.map((servo) => servo.get(family.torque))).toEqual([0, 0, 0]);
  }
  const scs = await calibrate({ kind: "scs", setups: setupsOf([500, 520, 400], [1, 1, 1]), options: { auto: true } });
  expect(String(scs.joints)).toMatch(/--auto: Feetech SCS servos have no torque limit.*sweep it by hand/);
});
