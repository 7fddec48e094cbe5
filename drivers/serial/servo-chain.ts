import type { Clock } from "../../runtime/clock.ts";
import type { RobotSpec } from "../../runtime/robot.ts";
import type { BusSettings, LineSettings, ServoDriverSettings } from "./defaults.ts";
import { DynamixelBus } from "./dynamixel/dynamixel-bus.ts";
import { FeetechBus } from "./feetech/feetech-bus.ts";
import { Line } from "./line.ts";
import type { Port } from "./port.ts";
import { portCalled } from "./port-called.ts";
import type { ServoBus } from "./servo-bus.ts";
import { ServoDriver } from "./servo-driver.ts";
import type { ServoFamily } from "./servo-family.ts";
import type { ServoJoint } from "./servo-joint.ts";

/** Everything that a robot of smart servos on one bus says of itself. */
export interface ChainOptions {
  readonly spec: RobotSpec;
  readonly family: ServoFamily;
  /** "/dev/ttyUSB0", "tcp://host:port", or a port that is there already. */
  readonly port: string | Port;
  /** Bits a second. */
  readonly baud: number;
  /** From calibration, in the spec's order; throws where there is none. */
  joints(): Promise<readonly ServoJoint[]>;
  /** Of that calibration. */
  readonly calibrationHash?: string;
  readonly clock: Clock;
  readonly line?: Partial<LineSettings>;
  readonly bus?: Partial<BusSettings>;
  readonly driver?: Partial<ServoDriverSettings>;
  /** A line for a person. */
  readonly report?: (line: string) => void;
}

/** The driver of such a robot, not yet open, and its bus. */
export function servoChain(options: ChainOptions): { readonly driver: ServoDriver; readonly bus: ServoBus } {
  const { spec, family, baud, clock, report, calibrationHash } = options;
  const port = typeof options.port === "string" ? portCalled(options.port, baud, report) : options.port;
  const bus = busOf(family, new Line(port, options.line), options.bus);
  const driver = new ServoDriver({
    spec,
    bus,
    family,
    joints: () => options.joints(),
    clock,
    ...(calibrationHash !== undefined && { calibrationHash }),
    ...(options.driver && { settings: options.driver }),
    ...(report && { report }),
  });
  return { driver, bus };
}

/** The bus that servos of this family understand. */
export function busOf(family: ServoFamily, line: Line, settings: Partial<BusSettings> = {}): ServoBus {
  if (family.protocol === "dynamixel") return new DynamixelBus(line, settings);
  return new FeetechBus(line, family.protocol, settings);
}
