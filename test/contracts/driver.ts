import { expect, test } from "vitest";
import type { Driver, EndState, JointCommand, RobotSpec } from "../../runtime/robot.ts";

/** A driver with its machine, real or emulated, not yet open. */
export interface DriverUnderTest {
  readonly driver: Driver;
  readonly spec: RobotSpec;
  /** The machine itself damps its joints when no command came for so long; absent where it does not. */
  readonly commandTimeoutMs?: number;
  /** Targets the motors follow now, rad; undefined when they follow none. Asked of the machine, not of the driver. */
  motors(): ArrayLike<number> | undefined;
  /** Lets the machine live for so long. */
  pass(ms: number): Promise<void>;
}

/** What every driver promises. Called from each driver's own test file; each test makes its own. */
export function driverContract(make: () => DriverUnderTest): void {
  const opened = async (use: (under: DriverUnderTest) => Promise<void>): Promise<void> => {
    const under = make();
    await under.driver.open();
    try {
      await use(under);
    } finally {
      await under.driver.close();
    }
  };
  const command = (spec: RobotSpec, at: ArrayLike<number>): JointCommand => ({
    position: Float64Array.from(at),
    kp: Float64Array.from(spec.joints, (joint) => joint.kp),
    kd: Float64Array.from(spec.joints, (joint) => joint.kd),
  });

  test("close and relax are safe before open, and repeatedly", async () => {
    const { driver } = make();
    await driver.relax("limp");
    await driver.close();
    await driver.close();
    await driver.open();
    await driver.close();
    await driver.close();
  });

  test("nothing is read or written before open and after close", async () => {
    const { driver, spec } = make();
    await expect(driver.read()).rejects.toThrow();
    await driver.open();
    await driver.close();
    await expect(driver.write(command(spec, spec.restPose))).rejects.toThrow();
  });

  test("it opens again after close", async () => {
    const { driver, spec } = make();
    await driver.open();
    await driver.close();
    await driver.open();
    expect((await driver.read()).position).toHaveLength(spec.joints.length);
    await driver.close();
  });

  test("a sample has a finite position, velocity and effort for every joint, and time goes on", () =>
    opened(async ({ driver, spec, pass }) => {
      const before = (await driver.read()).timeNs;
      await pass(100);
      const sample = await driver.read();
      for (const part of [sample.position, sample.velocity, sample.effort]) {
        expect(part).toHaveLength(spec.joints.length);
        expect([...part].every(Number.isFinite)).toBe(true);
      }
      expect(sample.timeNs).toBeGreaterThan(before);
    }));

  test("write returns what was sent, and the motors follow it", () =>
    opened(async ({ driver, spec, motors }) => {
      const { position } = await driver.read();
      const sent = await driver.write(command(spec, position));
      for (let i = 0; i < spec.joints.length; i++) expect(motors()![i]).toBeCloseTo(sent.position[i]!, 9);
    }));

  test("changing a command after it was written changes nothing", () =>
    opened(async ({ driver, spec, motors }) => {
      const { position } = await driver.read();
      const reused = command(spec, position);
      await driver.write(reused);
      const before = [...Array.from(motors()!)];
      reused.position.fill(Number.NaN);
      expect(Array.from(motors()!)).toEqual(before);
    }));

  for (const part of ["position", "kp", "kd"] as const) {
    test.each([Number.NaN, Number.POSITIVE_INFINITY])(`a ${part} of %f is refused and never reaches a motor`, (bad) =>
      opened(async ({ driver, spec, motors }) => {
        const { position } = await driver.read();
        const good = command(spec, position);
        await driver.write(good);
        const before = Array.from(motors()!);
        const broken = { ...good, [part]: good[part].map((x, i) => (i === spec.joints.length - 1 ? bad : x)) };
        await expect(driver.write(broken)).rejects.toThrow(/not finite/);
        expect(Array.from(motors()!)).toEqual(before);
      }),
    );
  }

  test("a command for another number of joints is refused", () =>
    opened(async ({ driver, spec }) => {
      const short = command(spec, spec.restPose.slice(1));
      await expect(driver.write(short)).rejects.toThrow(/expected/);
    }));

  test.each<EndState>(["hold", "damp", "limp"])("relax to %s works from any state, repeatedly", (end) =>
    opened(async ({ driver, spec, pass, motors }) => {
      await driver.relax(end);
      const { position } = await driver.read();
      await driver.write(command(spec, position));
      for (let i = 0; i < 3; i++) {
        await driver.relax(end);
        await pass(20);
      }
      expect([...(await driver.read()).position].every(Number.isFinite)).toBe(true);
      expect(motors() === undefined).toBe(end !== "hold");
    }),
  );

  const { commandTimeoutMs } = make();
  const watched = test.runIf(commandTimeoutMs !== undefined);
  const timeoutMs = commandTimeoutMs ?? 0;

  watched("a machine that gets no more commands damps itself in time, and follows the next one", () =>
    opened(async ({ driver, spec, motors, pass }) => {
      const { position } = await driver.read();
      await driver.write(command(spec, position));
      await pass(0.5 * timeoutMs);
      await driver.write(command(spec, position));
      await pass(0.9 * timeoutMs);
      await driver.read();
      expect(motors()).toBeDefined();
      await pass(0.2 * timeoutMs);
      await driver.read();
      expect(motors()).toBeUndefined();
      await driver.write(command(spec, position));
      expect(motors()).toBeDefined();
    }),
  );

  watched("an end state is not timed out", () =>
    opened(async ({ driver, spec, motors, pass }) => {
      const { position } = await driver.read();
      await driver.write(command(spec, position));
      await driver.relax("hold");
      await pass(3 * timeoutMs);
      await driver.read();
      expect(motors()).toBeDefined();
    }),
  );
}
