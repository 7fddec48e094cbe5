import type { Clock } from "../../runtime/clock.ts";
import type { RobotSpec } from "../../runtime/robot.ts";
import type { Ros2Config } from "./config.ts";
import { RclnodejsTransport } from "./rclnodejs/carrier.ts";
import { Ros2Driver } from "./ros2-driver.ts";
import { RosbridgeTransport } from "./rosbridge/carrier.ts";
import type { Transport } from "./transport.ts";

const NODE = "reverie";

/** A driver as its configuration says, not yet open. Throws on a configuration that does not fit the robot. */
export function makeRos2Driver(
  spec: RobotSpec,
  config: Ros2Config,
  clock: Clock,
  report: (text: string) => void,
): Ros2Driver {
  return new Ros2Driver({ spec, config, transport: transportOf(config, report), clock, report, wallMs: Date.now });
}

function transportOf({ transport }: Ros2Config, report: (text: string) => void): Transport {
  if (transport.kind === "rclnodejs") return new RclnodejsTransport(transport.node ?? NODE);
  return new RosbridgeTransport(transport.url, report, transport.settings);
}
