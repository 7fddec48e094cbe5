import type { RobotSpec } from "../../../runtime/robot.ts";
import { machineNames, type Ros2Config, twistParts } from "../config.ts";
import { ForwardOutput } from "./forward.ts";
import { LowCmdOutput } from "./low-cmd.ts";
import type { Output } from "./output.ts";
import { TrajectoryOutput } from "./trajectory.ts";
import { TwistOutput } from "./twist.ts";

/** The output a configuration asks for. Throws on names that do not fit. */
export function outputOf(spec: RobotSpec, config: Ros2Config, trajectoryPeriods: number): Output {
  const names = machineNames(spec, config);
  const { kind, topic } = config.command;
  if (kind === "go2") return new LowCmdOutput(topic, names);
  if (kind === "twist") return new TwistOutput(topic, twistParts(names));
  if (kind === "trajectory") {
    return new TrajectoryOutput(topic, names, (1000 * trajectoryPeriods) / spec.servoRateHz);
  }
  return new ForwardOutput(topic);
}
