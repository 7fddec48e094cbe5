import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../runtime/clock.ts";
import type { Sample } from "../../runtime/robot.ts";
import type { Devices } from "./devices.ts";
import { type Device, Intake } from "./intake.ts";
import type { Ros2Settings } from "./settings.ts";
import type { Transport } from "./transport.ts";

export interface ListenerOptions {
  readonly devices: Devices;
  /** Silence of the emergency stop's topic for so long is a stop too, ms. */
  readonly estopSilentMs: number | undefined;
  readonly clock: Clock;
  readonly settings: Ros2Settings;
  /** One line for a person. */
  readonly report: (text: string) => void;
}

const POLL_MS = 2;

type Arrays = "position" | "velocity" | "effort" | "temperature" | "voltage";

/** Hears a machine's topics and makes samples of the newest of each. */
export class Listener {
  readonly intakes: readonly Intake[];
  readonly #options: ListenerOptions;
  /** Those without which there is no sample. */
  readonly #needed: readonly Intake[];
  readonly #estop: Intake | undefined;
  readonly #silent = new Set<Intake>();
  readonly #sample: { -readonly [part in Arrays]?: Float64Array };
  readonly #sensors: Record<string, Float64Array>;
  readonly #ages: Float64Array;
  #heard = (): void => {};

  constructor(options: ListenerOptions) {
    this.#options = options;
    const { devices } = options;
    const intake = (device: Device): Intake => this.#intake(device);
    this.#needed = devices.needed.map(intake);
    this.#estop = devices.estop === undefined ? undefined : intake(devices.estop as Device);
    const images = Object.values(devices.images).map((image) => intake(image as Device));
    this.intakes = [...this.#needed, ...(this.#estop === undefined ? [] : [this.#estop]), ...images];
    this.#ages = new Float64Array(this.#needed.length);
    const { measured, sensors } = devices;
    this.#sample = Object.fromEntries(Object.entries(measured).map(([part, values]) => [part, values.slice()]));
    const copies = Object.entries(sensors).map(([name, values]) => [name, values.slice()] as const);
    this.#sensors = { ...Object.fromEntries(copies), age: this.#ages };
  }

  /** Every topic that is needed for a sample has spoken. */
  get ready(): boolean {
    return this.#missing().length === 0;
  }

  /** When the joints were measured last, on our clock; undefined before. */
  get measuredNs(): bigint | undefined {
    return this.#needed[0]!.timeNs;
  }

  subscribe(transport: Transport): void {
    for (const intake of this.intakes) {
      transport.subscribe(intake.device.topic, (cdr) => {
        intake.receive(cdr, this.#options.clock.now());
        this.#heard();
      });
    }
  }

  /** Waits for the first sample. Rejects, naming each topic that gave none and why. */
  async first(): Promise<void> {
    if (this.ready) return;
    const { firstSampleMs } = this.#options.settings;
    await new Promise<void>((resolve, reject) => {
      const settled = (): void => {
        clearTimeout(timer);
        this.#heard = () => {};
      };
      const timer = setTimeout(() => {
        settled();
        reject(
          new Error(
            this.#missing()
              .map((intake) => this.#whyNot(intake))
              .join("; "),
          ),
        );
      }, firstSampleMs);
      this.#heard = () => {
        if (!this.ready) return;
        settled();
        resolve();
      };
    });
  }

  /** Waits for a measurement of the joints that is younger, as long as for the first sample. False where none came. */
  async measuredAfter(timeNs: bigint): Promise<boolean> {
    const { clock, settings } = this.#options;
    const endNs = clock.now() + nanoseconds(settings.firstSampleMs);
    while ((this.measuredNs ?? 0n) <= timeNs) {
      if (clock.now() > endNs) return false;
      await sleep(POLL_MS);
    }
    return true;
  }

  /**
   * The newest of everything, as old as the oldest that is needed; "age" says how old each is, s, the joints first. Only
   * when ready. Its arrays are overwritten by the next.
   */
  sample(): Sample {
    const { clock, devices } = this.#options;
    const nowNs = clock.now();
    let timeNs = nowNs;
    this.#needed.forEach((intake, i) => {
      const its = intake.timeNs!;
      if (its < timeNs) timeNs = its;
      this.#ages[i] = Number(nowNs - its) / 1e9;
    });
    const { measured, sensors } = devices;
    for (const [part, values] of Object.entries(measured)) this.#sample[part as Arrays]!.set(values);
    for (const [name, values] of Object.entries(sensors)) this.#sensors[name]!.set(values);
    const sample = {
      timeNs,
      ...(this.#sample as Pick<Sample, "position" | "velocity" | "effort">),
      sensors: this.#sensors,
    };
    return this.#estop === undefined ? sample : { ...sample, estop: this.#stopped(nowNs) };
  }

  /** Tells of topics that fell silent or speak again. */
  listen(): void {
    const { clock, report, settings } = this.#options;
    const nowNs = clock.now();
    for (const intake of this.intakes) {
      const { name } = intake.device.topic;
      if (intake === this.#estop || intake.arrivedNs === undefined) continue;
      const ms = Number(nowNs - intake.arrivedNs) / 1e6;
      if (ms < settings.silentMs) {
        if (this.#silent.delete(intake)) report(`${name}: speaks again`);
      } else if (!this.#silent.has(intake)) {
        this.#silent.add(intake);
        report(`${name}: expected a message in ${settings.silentMs} ms, found none for ${ms.toFixed(0)} ms`);
      }
    }
  }

  #intake(device: Device): Intake {
    const { report, settings } = this.#options;
    return new Intake(device, nanoseconds(settings.offsetWindowMs), nanoseconds(settings.retellMs), report);
  }

  #missing(): Intake[] {
    const needed = this.#estop === undefined ? this.#needed : [...this.#needed, this.#estop];
    return needed.filter(({ timeNs }) => timeNs === undefined);
  }

  #whyNot({ counts, device, refusal }: Intake): string {
    const { name, type } = device.topic;
    const { firstSampleMs } = this.#options.settings;
    if (refusal !== undefined) return refusal;
    if (counts.received > 0) {
      return `${name}: expected messages whose stamps rise in ${firstSampleMs} ms, found ${counts.received} that do not`;
    }
    return `${name}: expected a ${type} in ${firstSampleMs} ms, found none; ros2 topic hz ${name} says whether it is published`;
  }

  /** A stop that was not heard of for too long may be pressed. */
  #stopped(nowNs: bigint): boolean {
    const { devices, estopSilentMs } = this.#options;
    if (devices.estop?.pressed !== false) return true;
    const silentNs = nowNs - (this.#estop?.arrivedNs ?? 0n);
    return estopSilentMs !== undefined && silentNs > nanoseconds(estopSilentMs);
  }
}

function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms * 1e6));
}
