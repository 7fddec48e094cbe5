import type { RobotDefinition } from "../../robots/definition.ts";
import type { EmulatedMachine } from "./emulated-part.ts";
import { emulatedRos2 } from "./emulated-ros2.ts";
import { emulatedServos } from "./emulated-servos.ts";
import type { RobotSettings } from "./robot-settings.ts";

/**
 * The hardware that a robot's driver expects, emulated in a process of its own: servos where it has some, else a rosbridge
 * server. It outlives the robot's processes as a machine does, and is reached in the same place when it is started again. Nothing
 * is wrong with it: whoever wants faults puts them into its `faults`.
 */
export function emulatedMachine(definition: RobotDefinition, settings: RobotSettings): EmulatedMachine {
  const emulate = definition.serial === undefined ? emulatedRos2 : emulatedServos;
  return emulate(definition, settings);
}
