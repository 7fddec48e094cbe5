import type { Fault } from "./faults.ts";
import { FirstOrderPlant } from "./first-order-plant.ts";
import { makeBus, type ServoKind, type ServoSetup } from "./make-bus.ts";
import { servePty } from "./serve-pty.ts";
import { serveTcp } from "./serve-tcp.ts";
import { WireTimers } from "./wire-timers.ts";

/** What an emulator in a process of its own is told, as one message. */
export interface ServeConfig {
  readonly kind: ServoKind;
  readonly servos: readonly ServoSetup[];
  /** rad, one a servo. */
  readonly start: readonly number[];
  readonly faults: readonly Fault[];
  readonly seed: number;
  /** Bits a second of the wire; 0: bytes take no time. */
  readonly pacedBaud: number;
  /** Where a pseudo-terminal should be; absent: TCP. */
  readonly pty?: string;
}

/** What it answers: where the bus can be reached. */
export interface Served {
  readonly port: string;
}

/** A bus with simple joints, on a wire of its own. */
export async function serve(config: ServeConfig): Promise<Served & { close(): Promise<void> }> {
  const { kind, servos, start, faults, seed, pacedBaud, pty } = config;
  const bus = makeBus(kind, servos, {
    plant: new FirstOrderPlant(start),
    timers: new WireTimers(),
    faults,
    seed,
    pacedBaud,
  });
  if (pty === undefined) {
    const { address, close } = await serveTcp(bus);
    return { port: address, close };
  }
  const { path, close } = await servePty(bus, pty);
  return { port: path, close };
}
