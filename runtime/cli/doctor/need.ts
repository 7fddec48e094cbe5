import type { Calibration } from "../../../calibration/file.ts";
import type { SerialRobot } from "../../../drivers/serial/serial-robot.ts";
import type { RobotSpec } from "../../robot.ts";
import type { StepSchema } from "../../step.ts";
import type { Sight } from "../sights.ts";

/** What a person is about to do, as far as it was said: what is missing for it fails, what is missing besides is a note. */
export interface Need {
  /** "sim" where nothing was said. */
  readonly driver: string;
  /** undefined: no robot was named. */
  readonly robot: NeededRobot | undefined;
  /** Those a run of the robot would have. */
  readonly cameras: readonly NeededCamera[];
  /** Where its servos are; "": not said. */
  readonly port: string;
  /** Bits a second; 0: the robot's. */
  readonly baud: number;
  /** How much longer than the wire needs a reply may take, ms. */
  readonly slackMs: number;
  /** A rosbridge server, as ws://host:9090; "": ROS 2 is to be on this machine. */
  readonly rosbridge: string;
  /** As tcp://host:port; "": on this machine. */
  readonly learner: string;
  readonly keys: string | undefined;
  readonly learnerName: string | undefined;
  /** Where the run is or will be. */
  readonly run: string;
  /** Which onnxruntime provider a learner here would use. */
  readonly provider: string;
}

export interface NeededCamera {
  readonly name: string;
  readonly from: Sight;
  readonly at: string;
  /** Frames a second that the robot asks for; null: any. */
  readonly least: number | null;
}

export interface NeededRobot {
  readonly spec: RobotSpec;
  readonly serial: SerialRobot | undefined;
  readonly schema: StepSchema;
  /** Of this very machine, or why there is none; undefined: the driver needs none. */
  readonly calibration: Calibration | Error | undefined;
}

/** Whether something real is to move, so that this computer's timing matters. */
export const moves = ({ driver }: Need): boolean => driver === "serial" || driver === "ros2";
