import type { Clock } from "../runtime/clock.ts";
import type { Driver, RobotSpec } from "../runtime/robot.ts";
import type { Attendant } from "./attendant.ts";
import type { ImuSettings } from "./defaults.ts";
import { assertStill, type ImuCalibration, type ImuPose, imuMounting, imuPose } from "./imu.ts";
import type { Vector } from "./rotation.ts";

const POSES = [
  "Put it level and leave it at rest.",
  "Tilt its front down, by about a hand's breadth, and hold it at rest.",
  "Put it back, then tilt its left side down and hold it at rest.",
] as const;
/** Between two samples, and to get into a pose when nobody presses Enter, s. */
const POLL_SECONDS = 0.01;
const POSE_SECONDS = 5;

export interface ImuOptions {
  /** Open, and never written to. */
  readonly driver: Pick<Driver, "read">;
  readonly spec: RobotSpec;
  readonly attendant: Attendant;
  readonly clock: Clock;
  readonly settings: ImuSettings;
  readonly signal: AbortSignal;
}

/** How a robot's IMU sits and what it says at rest, from three poses. A pose that was not still is asked for again. */
export async function measureImu(options: ImuOptions): Promise<ImuCalibration> {
  const poses: ImuPose[] = [];
  for (const what of POSES) poses.push(await pose(options, what));
  const [level, frontDown, leftDown] = poses as [ImuPose, ImuPose, ImuPose];
  return imuMounting(level, frontDown, leftDown, options.settings);
}

async function pose({ driver, spec, attendant, clock, settings, signal }: ImuOptions, what: string): Promise<ImuPose> {
  const { imu, name } = spec;
  const acceleration = imu?.linearAcceleration;
  if (imu === undefined || acceleration === undefined) {
    throw new Error(
      `${name}: expected an IMU that measures acceleration, found ${imu === undefined ? "none" : "one that does not"}`,
    );
  }
  const sleep = (seconds: number): Promise<void> => clock.sleepUntil(clock.now() + BigInt(Math.round(seconds * 1e9)));
  for (;;) {
    attendant.say(`${what}${attendant.handsFree ? ` Measured in ${POSE_SECONDS} s.` : " Enter when it is."}`);
    for (let waited = 0; attendant.handsFree ? waited < POSE_SECONDS : !attendant.confirmed(); waited += POLL_SECONDS) {
      signal.throwIfAborted();
      await sleep(POLL_SECONDS);
    }
    const samples = [];
    const until = clock.now() + BigInt(Math.round(settings.seconds * 1e9));
    while (clock.now() < until) {
      signal.throwIfAborted();
      const { sensors } = await driver.read();
      samples.push({
        acceleration: three(sensors, acceleration, name),
        rate: three(sensors, imu.angularVelocity, name),
      });
      await sleep(POLL_SECONDS);
    }
    const found = imuPose(samples);
    try {
      assertStill(found, settings);
      return found;
    } catch (error) {
      if (attendant.handsFree) throw error;
      attendant.say((error as Error).message);
    }
  }
}

function three(sensors: Readonly<Record<string, Float64Array>>, sensor: string, robot: string): Vector {
  const values = sensors[sensor];
  if (values?.length !== 3 || !values.every(Number.isFinite)) {
    throw new Error(
      `${robot}: ${sensor}: expected 3 finite numbers, found ${values ? [...values].join(", ") : "none"}`,
    );
  }
  return [values[0]!, values[1]!, values[2]!];
}
