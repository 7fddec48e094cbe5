import type { RobotSpec } from "../../../runtime/robot.ts";
import { machineNames, type Ros2Config } from "../config.ts";
import type { MockMachineOptions } from "./machine.ts";

/** What of a machine its robot's configuration says. */
type Named = Pick<MockMachineOptions, "spec" | "names" | "kind" | "topics" | "controller" | "manager">;

/** A machine that has the topics and the controllers which a robot's driver expects. Throws on topics that it has not. */
export function machineOptions(
  spec: Pick<RobotSpec, "name" | "joints" | "restPose">,
  config: Omit<Ros2Config, "transport">,
): Named {
  const { state, command, odometry, estop, controllers, imu, images = {} } = config;
  const stray = [...(imu === undefined ? [] : [imu.topic]), ...Object.values(images).map(({ topic }) => topic)];
  if (stray.length > 0) {
    throw new Error(
      `${spec.name}: expected topics that an emulated machine has, found ${stray.join(", ")}: it has none`,
    );
  }
  return {
    spec,
    names: machineNames(spec, config),
    kind: command.kind,
    topics: {
      ...{ state: state.topic, command: command.topic },
      ...(odometry !== undefined && { odometry: odometry.topic }),
      ...(estop !== undefined && { estop: estop.topic }),
    },
    ...(controllers !== undefined && { controller: controllers.names[0]!, manager: controllers.manager }),
  };
}
