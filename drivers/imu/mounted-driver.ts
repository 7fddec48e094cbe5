import { bodyOrientation, bodyRate, type ImuCalibration, toBody } from "../../calibration/imu.ts";
import type { Driver, EndState, ImuSensors, JointCommand, Sample } from "../../runtime/robot.ts";

export interface MountedOptions {
  /** The machine, whose IMU speaks in its own axes. */
  readonly driver: Driver;
  /** Which of its sensors are in the IMU's axes, by name. */
  readonly sensors: Partial<ImuSensors>;
  readonly imu: ImuCalibration;
  /** Of the calibration that `imu` is from. */
  readonly calibrationHash: string;
}

/**
 * Any driver, with what its IMU says in the body's axes and without the gyroscope's bias, as its calibration measured them.
 * A sensor that a sample does not have stays away; numbers that are not finite stay so.
 */
export class MountedImuDriver implements Driver {
  readonly calibrationHash: string;
  readonly #driver: Driver;
  readonly #sensors: Partial<ImuSensors>;
  readonly #imu: ImuCalibration;
  readonly #orientation = new Float64Array(4);
  readonly #gyro = new Float64Array(3);
  readonly #acceleration = new Float64Array(3);

  constructor({ driver, sensors, imu, calibrationHash }: MountedOptions) {
    this.#driver = driver;
    this.#sensors = sensors;
    this.#imu = imu;
    this.calibrationHash = calibrationHash;
  }

  get calibrated(): Exclude<Driver["calibrated"], undefined> {
    return this.#driver.calibrated ?? [];
  }

  async prepare(): Promise<void> {
    await this.#driver.prepare?.();
  }

  open(): Promise<void> {
    return this.#driver.open();
  }

  async read(): Promise<Sample> {
    const sample = await this.#driver.read();
    const imu = this.#imu;
    const { orientation, angularVelocity, linearAcceleration } = this.#sensors;
    const sensors: Record<string, Float64Array> = { ...sample.sensors };
    const turn = (name: string | undefined, into: Float64Array, turned: (said: Float64Array) => readonly number[]) => {
      const said = name === undefined ? undefined : sensors[name];
      if (said === undefined) return;
      into.set(turned(said));
      sensors[name!] = into;
    };
    turn(orientation, this.#orientation, (q) => bodyOrientation(imu, [q[0]!, q[1]!, q[2]!, q[3]!]));
    turn(angularVelocity, this.#gyro, (rate) => bodyRate(imu, [rate[0]!, rate[1]!, rate[2]!]));
    turn(linearAcceleration, this.#acceleration, (force) => toBody(imu, [force[0]!, force[1]!, force[2]!]));
    return { ...sample, sensors };
  }

  write(command: JointCommand): Promise<JointCommand> {
    return this.#driver.write(command);
  }

  relax(end: EndState): Promise<void> {
    return this.#driver.relax(end);
  }

  close(): Promise<void> {
    return this.#driver.close();
  }
}
