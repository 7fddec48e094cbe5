import { type Calibration, calibrationHash } from "../../calibration/file.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { RobotSpec } from "../../runtime/robot.ts";
import { SERIAL_DEFAULTS } from "./defaults.ts";
import { FAMILIES } from "./families.ts";
import { type SerialRobot, servoJoints } from "./serial-robot.ts";
import { servoChain } from "./servo-chain.ts";
import type { ServoDriver } from "./servo-driver.ts";

/** One or two replies that are damaged are no lost bus. */
const LEAST_ASKED = 3;

export interface SerialConnection {
  /** "/dev/ttyUSB0", "tcp://host:port". */
  readonly port: string;
  /** Bits a second; 0: the robot's. */
  readonly baud: number;
  /** How much longer than the wire needs a reply may take, ms. */
  readonly slackMs: number;
  /** How long a servo that does not answer at opening is asked again, ms. */
  readonly openingMs: number;
}

/** The driver of one calibrated machine, not yet open. Throws on a calibration that does not fit the robot. */
export function makeSerialDriver(
  spec: RobotSpec,
  robot: SerialRobot,
  calibration: Calibration,
  { port, baud, slackMs, openingMs }: SerialConnection,
  clock: Clock,
  report: (line: string) => void,
): ServoDriver {
  const joints = servoJoints(spec, robot, calibration);
  const { driver } = servoChain({
    spec,
    family: FAMILIES[robot.family],
    port,
    baud: baud || robot.baud,
    joints: async () => joints,
    calibrationHash: calibrationHash(calibration),
    clock,
    line: { slackMs, lostAfter: lostAfter(slackMs) },
    driver: { openingMs },
    report,
  });
  return driver;
}

/** Exchanges in a row without a valid reply before the bus is taken for lost: fewer where each waits long. */
export function lostAfter(slackMs: number): number {
  const { driver, line } = SERIAL_DEFAULTS;
  return Math.max(LEAST_ASKED, Math.min(line.lostAfter, Math.floor(driver.lostMs / slackMs)));
}
