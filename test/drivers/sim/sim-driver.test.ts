import { describe, expect, test } from "vitest";
import { SimDriver } from "../../../drivers/sim/sim-driver.ts";
import { A1 } from "../../../robots/a1/a1.ts";
import { REACHER } from "../../../robots/reacher/reacher.ts";
import { VirtualClock } from "../../../runtime/clock.ts";
import type { JointCommand, Sample } from "../../../runtime/robot.ts";
import { driverContract } from "../../contracts/driver.ts";

function reacher(commandTimeoutMs = 200) {
  const clock = new VirtualClock();
  const driver = new SimDriver(REACHER.spec, REACHER.simulation(REACHER.settings), clock, { commandTimeoutMs });
  const pass = (ms: number) => clock.sleepUntil(clock.now() + BigInt(Math.round(ms * 1e6)));
  return { clock, driver, pass };
}

function a1(settings: Partial<typeof A1.settings> = {}) {
  const clock = new VirtualClock();
  const driver = new SimDriver(A1.spec, A1.simulation({ ...A1.settings, ...settings }), clock);
  const pass = (ms: number) => clock.sleepUntil(clock.now() + BigInt(Math.round(ms * 1e6)));
  return { clock, driver, pass };
}

const target = (...position: number[]): JointCommand => ({
  position: Float64Array.from(position),
  kp: Float64Array.from(position, () => 4),
  kd: Float64Array.from(position, () => 0.4),
});

const copy = (sample: Sample) => structuredClone(sample);

describe("as a driver", () => {
  driverContract(() => {
    const { driver, pass } = reacher();
    const motors = () => (driver.command?.kp.some((kp) => kp > 0) ? driver.command.position : undefined);
    return { driver, spec: REACHER.spec, commandTimeoutMs: 200, motors, pass };
  });
});

describe("time", () => {
  test("begins with the first call after open and then follows the clock in whole time steps", async () => {
    const { driver, pass, clock } = reacher();
    await pass(5000);
    await driver.open();
    await pass(700);
    const origin = clock.now();
    expect((await driver.read()).timeNs).toBe(origin);
    await pass(12);
    expect((await driver.read()).timeNs).toBe(origin + 10_000_000n);
    await pass(3);
    expect((await driver.read()).timeNs).toBe(origin + 15_000_000n);
    await driver.close();
  });

  test("reading often or rarely makes no difference to the machine", async () => {
    const often = reacher();
    const rarely = reacher();
    for (const { driver } of [often, rarely]) {
      await driver.open();
      await driver.write(target(1, -1));
    }
    for (let i = 0; i < 100; i++) {
      await often.pass(5);
      await often.driver.read();
    }
    await rarely.pass(500);
    expect(await rarely.driver.read()).toEqual(await often.driver.read());
  });

  test("of a silence, only one second is caught up and the rest is counted", async () => {
    const { driver, pass, clock } = reacher();
    await driver.open();
    await driver.read();
    await pass(3500);
    expect((await driver.read()).timeNs).toBe(clock.now());
    expect(driver.skippedNs).toBe(2_500_000_000n);
    await pass(1000);
    await driver.read();
    expect(driver.skippedNs).toBe(2_500_000_000n);
    await driver.close();
  });
});

describe("motors", () => {
  test("are limp before the first write", async () => {
    const { driver, pass } = a1({ start: "standing" });
    await driver.open();
    await driver.read();
    await pass(800);
    const { sensors, effort } = await driver.read();
    expect(Math.max(...effort.map(Math.abs))).toBe(0);
    expect(sensors.position![2]).toBeLessThan(0.15);
    await driver.close();
  });

  test("reach a target, and report the torque they spend", async () => {
    const { driver, pass } = reacher(0);
    await driver.open();
    await driver.write(target(1, -0.5));
    await pass(5);
    expect((await driver.read()).effort[0]).toBeCloseTo(3, 6); // 4 N·m/rad · 1 rad, limited to 3 N·m
    await pass(990);
    await driver.read();
    await pass(990);
    const { position } = await driver.read();
    expect(position[0]).toBeCloseTo(1, 2);
    expect(position[1]).toBeCloseTo(-0.5, 2);
    await driver.close();
  });

  test("hold keeps the target in force; after damping it holds the joints where they are", async () => {
    const { driver, pass } = reacher();
    await driver.open();
    await driver.write(target(1, 1));
    await pass(40);
    await driver.relax("hold");
    expect([...driver.command!.position]).toEqual([1, 1]);
    await driver.relax("damp");
    await pass(300);
    const damped = [...(await driver.read()).position];
    await driver.relax("hold");
    expect([...driver.command!.position]).toEqual(damped);
    await driver.close();
  });

  test("damp brings a moving joint to rest where limp lets it swing on", async () => {
    const speedAfter = async (end: "damp" | "limp") => {
      const { driver, pass } = reacher();
      await driver.open();
      await driver.write(target(2, 0));
      await pass(80);
      await driver.relax(end);
      await pass(60);
      const { velocity } = await driver.read();
      await driver.close();
      return Math.abs(velocity[0]!);
    };
    expect(await speedAfter("damp")).toBeLessThan(0.5 * (await speedAfter("limp")));
  });
});

describe("a machine that gets no more commands", () => {
  const silence = async (...parts: readonly number[]) => {
    const { driver, pass } = reacher();
    await driver.open();
    await driver.write(target(2, -1));
    for (const ms of parts) {
      await pass(ms);
      await driver.read();
    }
    const state = driver.snapshot();
    const { timeouts } = driver;
    await driver.close();
    return { state, timeouts };
  };

  test("damps itself at the very same time however late anybody looks, and counts it once", async () => {
    const often = await silence(...Array.from({ length: 120 }, () => 5));
    const rarely = await silence(600);
    expect(rarely).toEqual(often);
    expect(often.timeouts).toBe(1);
  });

  test("has damped itself all through a silence longer than what is caught up", async () => {
    const { driver, pass } = reacher();
    await driver.open();
    await driver.write(target(2, -1));
    await pass(5000);
    const { position } = await driver.read();
    expect(Math.max(...position.map(Math.abs))).toBe(0);
    await driver.close();
  });

  test("follows its last for ever with a timeout of 0", async () => {
    const { driver, pass } = reacher(0);
    await driver.open();
    await driver.write(target(1, -0.5));
    for (let i = 0; i < 5; i++) {
      await pass(900);
      await driver.read();
    }
    expect([...driver.command!.kp]).toEqual([4, 4]);
    expect(driver.timeouts).toBe(0);
    await driver.close();
  });
});

test("what was prepared cannot be read before it is open, and goes with close", async () => {
  const { driver } = reacher();
  await driver.prepare();
  await expect(driver.read()).rejects.toThrow(/not open/);
  await driver.open();
  await driver.read();
  await driver.close();
  await driver.prepare();
  await driver.close();
  await expect(driver.read()).rejects.toThrow(/not open/);
});

describe("a simulation that diverges", () => {
  const joints = REACHER.spec.joints.map((joint) => ({ ...joint, effortLimit: 9e9, velocityLimit: 1e12 }));

  test("is an error at the next call, never a sample, and still relaxes and closes", async () => {
    const clock = new VirtualClock();
    const driver = new SimDriver({ ...REACHER.spec, joints }, REACHER.simulation(REACHER.settings), clock);
    await driver.open();
    await driver.write({ ...target(2, 2), kp: Float64Array.of(9e9, 9e9) });
    await clock.sleepUntil(100_000_000n);
    await expect(driver.read()).rejects.toThrow(/diverged/);
    await expect(driver.write(target(0, 0))).rejects.toThrow(/diverged/);
    for (const end of ["hold", "damp", "limp"] as const) await driver.relax(end);
    await driver.close();
  });
});

test("a model without one of the spec's joints is refused, naming it", async () => {
  const spec = { ...REACHER.spec, joints: [{ ...REACHER.spec.joints[0]!, name: "wrist" }] };
  const driver = new SimDriver(spec, REACHER.simulation(REACHER.settings), new VirtualClock());
  await expect(driver.open()).rejects.toThrow(/no joint "wrist"/);
});

test("the base velocity is the mean over 120 ms of the true one, in the world's frame", async () => {
  const { driver, pass } = a1({ start: "standing" });
  await driver.open();
  await driver.read();
  const heights: number[] = [];
  for (let i = 0; i <= 48; i++) {
    heights.push((await driver.read()).sensors.position![2]!);
    await pass(2.5);
  }
  // The first 48 steps of 2.5 ms fill the window: its mean velocity is the way fallen over 0.12 s.
  const { sensors } = await driver.read();
  expect(sensors.velocity![2]).toBeCloseTo((sensors.position![2]! - heights[1]!) / 0.12, 6);
  await driver.close();
});

test("the gyro is how the orientation turns, in the body's frame", async () => {
  const { driver, pass } = a1({ start: "random", seed: 5 }); // seed 5 lands on an edge and tumbles
  await driver.open();
  await driver.read();
  await pass(300);
  let before = [...(await driver.read()).sensors.orientation!];
  let fastest = 0;
  for (let i = 0; i < 100; i++) {
    await pass(2.5);
    const { orientation, gyro } = (await driver.read()).sensors;
    const [w, x, y, z] = before as [number, number, number, number];
    const [W, X, Y, Z] = orientation as unknown as [number, number, number, number];
    // Vector part of conj(before)·after is half the angle turned, for small angles.
    const turned = [w * X - x * W - y * Z + z * Y, w * Y - y * W - z * X + x * Z, w * Z - z * W - x * Y + y * X];
    turned.forEach((half, axis) => {
      expect((2 * half) / 0.0025).toBeCloseTo(gyro![axis]!, 2);
    });
    fastest = Math.max(fastest, Math.hypot(...gyro!));
    before = [...orientation!];
  }
  expect(fastest).toBeGreaterThan(2);
  await driver.close();
});

describe("a snapshot", () => {
  const pose = A1.spec.restPose;
  const crouch = (scale: number): JointCommand => ({
    position: Float64Array.from(pose, (q) => scale * q),
    kp: Float64Array.from(A1.spec.joints, (joint) => joint.kp),
    kd: Float64Array.from(A1.spec.joints, (joint) => joint.kd),
  });

  test("continues bit for bit in another driver: same samples, same sensors, same torques", async () => {
    const one = a1();
    await one.driver.open();
    for (let i = 0; i < 40; i++) {
      await one.driver.write(crouch(1 - 0.01 * i));
      await one.pass(7.5);
    }
    const there = copy(await one.driver.read());
    const other = a1();
    await other.driver.open();
    other.driver.restore(Buffer.from(one.driver.snapshot())); // as a file gives it
    await other.driver.open();
    expect({ ...(await other.driver.read()), timeNs: 0n }).toEqual({ ...there, timeNs: 0n });
    for (let i = 0; i < 40; i++) {
      for (const { driver, pass } of [one, other]) {
        if (i % 8 === 4) await driver.write(crouch(0.7));
        await pass(7.5);
      }
      const expected = { ...(await one.driver.read()), timeNs: 0n };
      expect({ ...(await other.driver.read()), timeNs: 0n }).toEqual(expected);
    }
  });

  test("of another machine is refused", async () => {
    const [arm, dog] = [reacher().driver, a1().driver];
    await arm.open();
    await dog.open();
    expect(() => dog.restore(arm.snapshot())).toThrow(/has changed/);
  });

  test("is refused when it was cut short or does not hold finite numbers", async () => {
    const { driver } = reacher();
    await driver.open();
    const whole = driver.snapshot();
    expect(() => driver.restore(whole.subarray(0, -8))).toThrow(/expected .* bytes/);
    expect(() => driver.restore(new Uint8Array(0))).toThrow(/format/);
    const broken = new Float64Array(whole.slice().buffer);
    broken[10] = Number.NaN;
    expect(() => driver.restore(new Uint8Array(broken.buffer))).toThrow(/not finite/);
  });
});
