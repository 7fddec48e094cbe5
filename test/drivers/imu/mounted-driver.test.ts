import { describe, expect, test } from "vitest";
import { toBody } from "../../../calibration/imu.ts";
import type { Quaternion, Vector } from "../../../calibration/rotation.ts";
import { MountedImuDriver } from "../../../drivers/imu/mounted-driver.ts";
import { SimDriver } from "../../../drivers/sim/sim-driver.ts";
import { REACHER } from "../../../robots/reacher/reacher.ts";
import { VirtualClock } from "../../../runtime/clock.ts";
import type { Driver, Sample } from "../../../runtime/robot.ts";
import { driverContract } from "../../contracts/driver.ts";
import { draws, fc } from "../../properties.ts";

const STRAIGHT = { mounting: [1, 0, 0, 0] as Quaternion, gyroBias: [0, 0, 0] as Vector };
const SENSORS = { orientation: "q", angularVelocity: "gyro", linearAcceleration: "force" };

const component = fc.double({ min: -1, max: 1, noNaN: true });
const vector = fc.tuple(component, component, component);
const rotation = fc
  .tuple(component, component, component, component)
  .filter((raw) => Math.hypot(...raw) > 0.1)
  .map((raw) => raw.map((each) => each / Math.hypot(...raw)) as unknown as Quaternion);

const turnedBy = (mounting: Quaternion, v: Vector): Vector => toBody({ ...STRAIGHT, mounting }, v);
const inverse = ([w, x, y, z]: Quaternion): Quaternion => [w, -x, -y, -z];

/** What a machine's IMU says, as a driver that has nothing else. */
function saying(sensors: Record<string, readonly number[]>): Driver {
  const read = async (): Promise<Sample> =>
    ({
      sensors: Object.fromEntries(Object.entries(sensors).map(([name, values]) => [name, Float64Array.from(values)])),
    }) as unknown as Sample;
  return { read } as Driver;
}

function mounted(driver: Driver, mounting: Quaternion, gyroBias: Vector, sensors: object = SENSORS): MountedImuDriver {
  return new MountedImuDriver({ driver, sensors, imu: { mounting, gyroBias }, calibrationHash: "ab" });
}

describe("as a driver", () => {
  driverContract(() => {
    const clock = new VirtualClock();
    const sim = new SimDriver(REACHER.spec, REACHER.simulation(REACHER.settings), clock, { commandTimeoutMs: 200 });
    return {
      driver: mounted(sim, [0, 1, 0, 0], [0, 0, 0]),
      spec: REACHER.spec,
      commandTimeoutMs: 200,
      motors: () => (sim.command?.kp.some((kp) => kp > 0) ? sim.command.position : undefined),
      pass: (ms) => clock.sleepUntil(clock.now() + BigInt(Math.round(ms * 1e6))),
    };
  });
});

test("however the IMU sits, its samples are the body's: which way is up, how it turns, what it feels", async () => {
  await fc.assert(
    fc.asyncProperty(rotation, rotation, vector, vector, vector, async (mounting, body, rate, force, bias) => {
      // What an IMU turned by `mounting` says of a body that is turned so: IMU to world is IMU to body, then body to world.
      const said = (v: Vector): Vector => turnedBy(inverse(mounting), v);
      const [w, x, y, z] = body;
      const [a, b, c, d] = mounting;
      const orientation = [
        w * a - x * b - y * c - z * d,
        w * b + x * a + y * d - z * c,
        w * c - x * d + y * a + z * b,
        w * d + x * c - y * b + z * a,
      ];
      const turning = said(rate).map((each, k) => each + bias[k]!);
      const driver = mounted(saying({ q: orientation, gyro: turning, force: said(force), other: [5] }), mounting, bias);
      const { sensors } = await driver.read();
      for (const [name, expected] of Object.entries({ q: body, gyro: rate, force, other: [5] })) {
        expected.forEach((value, k) => {
          expect(sensors[name]![k], name).toBeCloseTo(value, 9);
        });
      }
    }),
    { numRuns: draws(200) },
  );
});

test("what the machine says otherwise stays as it is, and what is not finite is not made so", async () => {
  const turned: Quaternion = [Math.SQRT1_2, 0, 0, Math.SQRT1_2];
  const odometry = mounted(saying({ q: [1, 0, 0, 0], gyro: [1, 0, 0] }), turned, [0, 0, 0], {
    angularVelocity: "gyro",
  });
  const { sensors } = await odometry.read();
  expect([...sensors.q!]).toEqual([1, 0, 0, 0]);
  expect(sensors.gyro![1]).toBeCloseTo(1, 12);
  expect(sensors.force).toBeUndefined();
  const broken = await mounted(saying({ gyro: [Number.NaN, 0, 0] }), turned, [0, 0, 0]).read();
  expect([...broken.sensors.gyro!].some(Number.isNaN)).toBe(true);
});
