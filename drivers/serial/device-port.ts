import type { SerialPort } from "serialport";
import type { Port, PortHandlers } from "./port.ts";
import { latencyAdvice, type SystemFiles, tellPortError, thisSystem } from "./port-advice.ts";

/** A serial device of this machine. Only on a process's main thread: the native part knows no other. */
export class DevicePort implements Port {
  readonly name: string;
  baud: number;
  readonly #advise: (line: string) => void;
  readonly #system: SystemFiles;
  #device: SerialPort | undefined;

  /** `advise` gets a line for a person where the device could be faster. */
  constructor(path: string, baud: number, advise: (line: string) => void = () => {}, system = thisSystem) {
    this.name = path;
    this.baud = baud;
    this.#advise = advise;
    this.#system = system;
  }

  async open({ onBytes, onLost }: PortHandlers): Promise<void> {
    await this.close();
    const { SerialPort } = await loadSerialPort();
    const device = new SerialPort({ path: this.name, baudRate: this.baud, lock: true, autoOpen: false });
    await new Promise<void>((resolve, reject) => {
      device.open((error) =>
        error === null ? resolve() : reject(tellPortError(this.name, error.message, this.#system)),
      );
    });
    this.#device = device;
    let reason = new Error(`${this.name}: the device is gone`);
    device.on("data", onBytes);
    device.on("error", (error) => {
      reason = new Error(`${this.name}: ${error.message}`);
    });
    device.on("close", () => {
      if (this.#device !== device) return;
      this.#device = undefined;
      onLost(reason);
    });
    // Not every driver can; what it cannot costs a little time and is no error.
    (device.port as { set?(options: object): Promise<void> } | undefined)?.set?.({ lowLatency: true }).catch(() => {});
    const advice = latencyAdvice(this.name, this.#system);
    if (advice !== undefined) this.#advise(advice);
  }

  write(bytes: Uint8Array): void {
    // What goes wrong comes as an event, too.
    this.#device?.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), () => {});
  }

  async setBaud(baud: number): Promise<void> {
    const device = this.#device;
    if (device === undefined) throw new Error(`${this.name}: not open`);
    await new Promise<void>((resolve, reject) => {
      device.update({ baudRate: baud }, (error) => (error === null ? resolve() : reject(error)));
    });
    this.baud = baud;
  }

  async close(): Promise<void> {
    const device = this.#device;
    this.#device = undefined;
    if (device === undefined || !device.isOpen) return;
    await new Promise<void>((resolve) => device.close(() => resolve()));
  }
}

async function loadSerialPort(): Promise<typeof import("serialport")> {
  try {
    return await import("serialport");
  } catch (error) {
    throw new Error(`serial devices need the package serialport: ${(error as Error).message}; install it with: npm ci`);
  }
}
