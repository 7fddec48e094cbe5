import { expect, test } from "vitest";
import { CALIBRATE_DEFAULTS } from "../../calibration/defaults.ts";
import { bodyRate, toBody } from "../../calibration/imu.ts";
import { measureImu } from "../../calibration/imu-poses.ts";
import type { Quaternion, Vector } from "../../calibration/rotation.ts";
import { VirtualClock } from "../../runtime/clock.ts";
import type { Sample } from "../../runtime/robot.ts";
import { draws, fc } from "../properties.ts";
import { SPEC } from "./machine.ts";

const settings = { ...CALIBRATE_DEFAULTS.imu, seconds: 0.1 };
const spec = { ...SPEC, imu: { orientation: "q", angularVelocity: "gyro", linearAcceleration: "acceleration" } };
const G = 9.81;
/** What "up" is in the body's axes when it is level, its front down by 0.5, its left side down by 0.6. */
const UPS: readonly Vector[] = [
  [0, 0, 1],
  [-Math.sin(0.5), 0, Math.cos(0.5)],
  [0, -Math.sin(0.6), Math.cos(0.6)],
];

/** A robot whose IMU is turned so, held in one pose after the other; `noise` of its gyroscope. */
function measure(mounting: Quaternion, bias: Vector, { ups = UPS, noise = 0 } = {}) {
  const [w, x, y, z] = mounting;
  const inverse = { mounting: [w, -x, -y, -z] as Quaternion, gyroBias: [0, 0, 0] as Vector };
  let pose = -1;
  let reads = 0;
  const driver = {
    read: async (): Promise<Sample> => {
      const shake = noise * (reads++ % 2 === 0 ? 1 : -1);
      const acceleration = toBody(inverse, ups[pose]!.map((each) => each * G) as unknown as Vector);
      return {
        sensors: {
          gyro: Float64Array.from(bias, (each) => each + shake),
          acceleration: Float64Array.from(acceleration),
        },
      } as unknown as Sample;
    },
  };
  const attendant = { handsFree: true, say: () => void pose++, show: () => {}, confirmed: () => false };
  return measureImu({
    driver,
    spec,
    attendant,
    clock: new VirtualClock(),
    settings,
    signal: new AbortController().signal,
  });
}

const component = fc.double({ min: -1, max: 1, noNaN: true });

test("however an IMU is mounted, three poses tell, and its rates become the body's", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(component, component, component, component),
      fc.tuple(component, component, component),
      async (raw, bias) => {
        const length = Math.hypot(...raw);
        fc.pre(length > 0.1);
        const mounting = raw.map((each) => each / length) as unknown as Quaternion;
        const imu = await measure(mounting, bias);
        for (const axis of [
          [1, 0, 0],
          [0, 1, 0],
          [0.3, -0.2, 0.9],
        ] as const) {
          const expected = toBody({ mounting, gyroBias: [0, 0, 0] }, axis);
          for (const [k, value] of toBody(imu, axis).entries()) expect(value).toBeCloseTo(expected[k]!, 6);
        }
        for (const value of bodyRate(imu, bias)) expect(value).toBeCloseTo(0, 9);
      },
    ),
    { numRuns: draws(30) },
  );
});

test("what cannot be is refused: shaking, the wrong gravity, a tilt too small, a tilt to the other side", async () => {
  const upright: Quaternion = [1, 0, 0, 0];
  await expect(measure(upright, [0, 0, 0], { noise: 0.1 })).rejects.toThrow(
    /expected it at rest, below 0.02 rad\/s, found 0.100; hold it still/,
  );
  const doubled = UPS.map((up) => up.map((each) => 2 * each)) as unknown as readonly Vector[];
  await expect(measure(upright, [0, 0, 0], { ups: doubled })).rejects.toThrow(
    /gravity of 9.81 m\/s² within 0.5, found 19.62/,
  );
  await expect(measure(upright, [0, 0, 0], { ups: [UPS[0]!, UPS[0]!, UPS[2]!] })).rejects.toThrow(
    /the front down by 0.25 to 1.2 rad, found 0.00; tilt it more/,
  );
  const right: Vector = [0, Math.sin(0.6), Math.cos(0.6)];
  await expect(measure(upright, [0, 0, 0], { ups: [UPS[0]!, UPS[1]!, right] })).rejects.toThrow(
    /one of them was tilted to the other side/,
  );
});
