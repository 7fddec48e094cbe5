/** A machine on ROS 2 in a process of its own. */

import { attendParent } from "../../mock/attend-parent.ts";
import { type RosMachineConfig, serveRosMachine } from "./serve-machine.ts";

attendParent(
  (config: RosMachineConfig) => serveRosMachine(config),
  ({ url }) => ({ url }),
);
