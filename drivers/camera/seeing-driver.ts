import type { Driver, EndState, Image, JointCommand, Sample } from "../../runtime/robot.ts";
import type { Camera } from "./camera.ts";

/**
 * Any driver, with the newest frame of each camera in its samples. Cameras are opened after the machine and waited for by
 * nobody; what they do or fail to do never keeps a sample or a command back.
 */
export class SeeingDriver implements Required<Omit<Driver, "relaxReachable">> {
  readonly #driver: Driver;
  readonly #cameras: readonly Camera[];

  /** Throws when two cameras have one name. */
  constructor(driver: Driver, cameras: readonly Camera[]) {
    const names = cameras.map(({ name }) => name);
    const twice = names.find((name, i) => names.indexOf(name) < i);
    if (twice !== undefined) throw new Error(`cameras: expected each name once, found "${twice}" twice`);
    this.#driver = driver;
    this.#cameras = cameras;
  }

  /** What carries the machine. */
  get carrier(): Driver {
    return this.#driver;
  }

  get calibrated(): Exclude<Driver["calibrated"], undefined> {
    return this.#driver.calibrated ?? [];
  }

  /** "" where the machine's driver has none. */
  get calibrationHash(): string {
    return this.#driver.calibrationHash ?? "";
  }

  async prepare(): Promise<void> {
    await this.#driver.prepare?.();
  }

  async open(): Promise<void> {
    await this.#driver.open();
    await Promise.all(this.#cameras.map((camera) => camera.open()));
  }

  async read(): Promise<Sample> {
    const sample = await this.#driver.read();
    const images: Record<string, Image> = {};
    for (const camera of this.#cameras) {
      camera.follow?.(sample);
      images[camera.name] = camera.newest();
    }
    return { ...sample, images };
  }

  write(command: JointCommand): Promise<JointCommand> {
    return this.#driver.write(command);
  }

  relax(end: EndState): Promise<void> {
    return this.#driver.relax(end);
  }

  /** The machine first: that it is limp waits for no camera. */
  async close(): Promise<void> {
    try {
      await this.#driver.close();
    } finally {
      await Promise.all(this.#cameras.map((camera) => camera.close()));
    }
  }
}
