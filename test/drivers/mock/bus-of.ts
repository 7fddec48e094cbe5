import type { EmulatedBus, EmulatedBusOptions } from "../../../drivers/mock/emulated-bus.ts";
import { FirstOrderPlant } from "../../../drivers/mock/first-order-plant.ts";
import { makeBus, type ServoKind, type ServoSetup } from "../../../drivers/mock/make-bus.ts";
import type { BusSettings, LineSettings } from "../../../drivers/serial/defaults.ts";
import { DynamixelBus } from "../../../drivers/serial/dynamixel/dynamixel-bus.ts";
import { FeetechBus } from "../../../drivers/serial/feetech/feetech-bus.ts";
import { Line } from "../../../drivers/serial/line.ts";
import { MemoryPort } from "../../../drivers/serial/memory-port.ts";
import type { ServoBus } from "../../../drivers/serial/servo-bus.ts";
import { realTimers } from "../../../drivers/serial/timers.ts";

export interface BusUnderTest {
  readonly bus: ServoBus;
  readonly emulated: EmulatedBus;
  readonly port: MemoryPort;
  readonly plant: FirstOrderPlant;
}

export interface BusOfOptions {
  readonly emulation?: Partial<EmulatedBusOptions>;
  readonly line?: Partial<LineSettings>;
  readonly settings?: Partial<BusSettings>;
}

/** An emulated bus and the real one that talks to it, in memory; waits are short. */
export function busOf(kind: ServoKind, setups: readonly ServoSetup[], options: BusOfOptions = {}): BusUnderTest {
  const plant = new FirstOrderPlant(setups.map(() => 0));
  const emulated = makeBus(kind, setups, { plant, timers: realTimers, ...options.emulation });
  const port = plugIn(emulated);
  const line = new Line(port, { slackMs: 2, settleMs: 0, reopenMs: 5, reopenMaxMs: 10, echo: "no", ...options.line });
  const settings = { returnDelayUs: 0, ...options.settings };
  const bus = kind === "dynamixel" ? new DynamixelBus(line, settings) : new FeetechBus(line, kind, settings);
  return { bus, emulated, port, plant };
}

/** A port whose other end is an emulated bus. */
export function plugIn(emulated: EmulatedBus, name = "emulated"): MemoryPort {
  const port: MemoryPort = new MemoryPort(
    {
      receive: (bytes) => emulated.receive(bytes),
      setBaud: (baud) => {
        emulated.baud = baud;
      },
    },
    { name },
  );
  emulated.onBytes = (bytes) => port.deliver(bytes);
  emulated.onPlug = (plugged) => {
    port.plugged = plugged;
    if (!plugged) port.lose(new Error(`${name}: the adapter is gone`));
  };
  return port;
}

/** Servos 1 to n with 0 rad at `zero` counts. */
export function row(n: number, zero = 2048): ServoSetup[] {
  return Array.from({ length: n }, (_, i) => ({ id: i + 1, mounting: { zero, direction: 1 as const } }));
}
