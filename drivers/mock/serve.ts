import type { MachineSpec } from "../sim/machine.ts";
import type { SimModel } from "../sim/model.ts";
import type { ServedMachine } from "./attend-parent.ts";
import type { EmulatedBus } from "./emulated-bus.ts";
import type { Fault } from "./faults.ts";
import { FirstOrderPlant, type FirstOrderSettings } from "./first-order-plant.ts";
import { goOn } from "./go-on.ts";
import { makeBus, type ServoKind, type ServoSetup } from "./make-bus.ts";
import type { Plant } from "./plant.ts";
import { servePty } from "./serve-pty.ts";
import { serveTcp } from "./serve-tcp.ts";
import { WireTimers } from "./wire-timers.ts";
import { Witness, type WitnessConfig } from "./witness.ts";

/** What an emulator in a process of its own is told, as one message. */
export interface ServeConfig {
  readonly kind: ServoKind;
  readonly servos: readonly ServoSetup[];
  /** What the servos move: joints that know nothing of each other, from these angles, rad, or a robot in MuJoCo. */
  readonly plant: FreeJoints | { readonly robot: MachineSpec; readonly model: SimModel };
  readonly faults: readonly Fault[];
  readonly seed: number;
  /** Bits a second of the wire; 0: bytes take no time. */
  readonly pacedBaud: number;
  /** Bits a second that the bus is talked to at; absent: every servo understands, whatever it is set to. */
  readonly baud?: number;
  /** What of the machine is written down; absent: nothing. */
  readonly witness?: WitnessConfig;
  /** Where a pseudo-terminal should be; absent: TCP. */
  readonly pty?: string;
  /** Of TCP; absent: any that is free. */
  readonly tcpPort?: number;
}

interface FreeJoints {
  readonly start: readonly number[];
  readonly stops?: FirstOrderSettings["stops"];
}

/** What it answers: where the bus can be reached. */
export interface Served {
  readonly port: string;
}

/** A servo at register level, as its motor has it. */
export interface ServoLook {
  readonly id: number;
  readonly torque: number;
  /** Counts. */
  readonly goal: number;
  /** rad */
  readonly position: number;
}

export interface ServedBus extends Served, ServedMachine<Fault> {
  /** Not over the bus, so that nobody else's turn is disturbed. */
  look(): readonly ServoLook[];
}

/** A bus on a wire of its own. */
export async function serve(config: ServeConfig): Promise<ServedBus> {
  const { kind, servos, faults, seed, pacedBaud, pty, tcpPort } = config;
  const plant = await plantOf(config);
  const bus = makeBus(kind, servos, { plant, timers: new WireTimers(), faults, seed, pacedBaud });
  bus.baud = config.baud;
  const changed: Record<string, number> = {};
  bus.onFault = (kind) => {
    changed[kind] = (changed[kind] ?? 0) + 1;
  };
  const witness = config.witness && new Witness(bus, config.witness);
  const carried = await carry(bus, pty, tcpPort);
  const stand = goOn(bus);
  return {
    ...carried,
    get silentMs() {
      return bus.silentMs;
    },
    look: () => look(bus),
    inject: (more) => bus.inject(more),
    seen: () => ({ beyondLimits: witness?.beyondLimits ?? 0, faults: changed }),
    close: () => {
      stand();
      return carried.close();
    },
  };
}

async function plantOf({ plant }: ServeConfig): Promise<Plant> {
  if ("start" in plant) return new FirstOrderPlant(plant.start, plant.stops ? { stops: plant.stops } : {});
  const { PhysicsPlant } = await import("./physics-plant.ts");
  return PhysicsPlant.build(plant.robot, plant.model);
}

async function carry(
  bus: EmulatedBus,
  pty: string | undefined,
  tcpPort: number | undefined,
): Promise<Served & { close(): Promise<void> }> {
  if (pty === undefined) {
    const { address, close } = await serveTcp(bus, tcpPort);
    return { port: address, close };
  }
  const { path, close } = await servePty(bus, pty);
  return { port: path, close };
}

function look(bus: EmulatedBus): readonly ServoLook[] {
  bus.look();
  return bus.servos.map((servo, i) => {
    const { torque, goal } = servo.manners.family;
    return { id: servo.id, torque: servo.get(torque), goal: servo.get(goal), position: bus.plant.position(i) };
  });
}
