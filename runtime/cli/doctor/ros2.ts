import { isSourced } from "../../../drivers/ros2/rclnodejs/load.ts";
import { type Finding, fail, missing, note, pass, warn } from "./finding.ts";
import type { Need } from "./need.ts";
import { loads } from "./packages.ts";
import type { System } from "./system.ts";
import type { Thresholds } from "./thresholds.ts";

type Looks = Pick<System, "env" | "list" | "script" | "greet">;

/** ROS 2 here, or the rosbridge server that was named. Publishes nothing. */
export async function checkRos2(
  system: Looks,
  { driver, rosbridge }: Pick<Need, "driver" | "rosbridge">,
  thresholds: Pick<Thresholds, "askMs" | "greetMs">,
): Promise<Finding[]> {
  const needed = driver === "ros2";
  const here = await checkHere(system, needed && rosbridge === "", thresholds);
  return rosbridge === "" ? here : [await checkRosbridge(system, rosbridge, needed, thresholds), ...here];
}

async function checkHere({ env, list, script }: Looks, needed: boolean, { askMs }: Pick<Thresholds, "askMs">) {
  if (!isSourced(env)) {
    const installed = list("/opt/ros");
    if (installed.length === 0) {
      const fix = "install ROS 2 (docs.ros.org), or name the robot's rosbridge: --ros2.url=ws://<robot>:9090";
      return [missing(needed, "ROS 2", "not installed in /opt/ros, not sourced", needed ? fix : undefined)];
    }
    const fix = `source /opt/ros/${installed.at(-1)}/setup.bash`;
    return [missing(needed, "ROS 2", `${installed.join(", ")} installed, not sourced`, fix)];
  }
  const findings: Finding[] = [pass("ROS 2", `${env.ROS_DISTRO} is sourced`)];
  const built = await loads({ script }, "rclnodejs", askMs); // only where a ROS 2 is sourced: elsewhere it would undo its build
  const build = `source /opt/ros/${env.ROS_DISTRO}/setup.bash && npm i rclnodejs`;
  if (built.loaded) findings.push(pass("rclnodejs", "built, and loads"));
  else findings.push(missing(needed, "rclnodejs", built.absent ? "not installed" : built.why, build));
  const rmw = env.RMW_IMPLEMENTATION;
  findings.push(note("RMW_IMPLEMENTATION", rmw ?? "not set: the distribution's default; all computers need the same"));
  const domain = env.ROS_DOMAIN_ID ?? "0";
  if (/^\d+$/.test(domain) && Number(domain) <= 232) {
    findings.push(note("ROS_DOMAIN_ID", `${domain}; the robot's has to be the same`));
  } else {
    findings.push(fail("ROS_DOMAIN_ID", `expected 0 to 232, found "${domain}"`, "export ROS_DOMAIN_ID=0"));
  }
  if (env.ROS_LOCALHOST_ONLY === "1") {
    findings.push(warn("ROS_LOCALHOST_ONLY", "1: no other computer is heard", "unset ROS_LOCALHOST_ONLY"));
  }
  return findings;
}

async function checkRosbridge(
  { greet }: Pick<Looks, "greet">,
  url: string,
  needed: boolean,
  { greetMs }: Pick<Thresholds, "greetMs">,
): Promise<Finding> {
  const start = "on the robot: ros2 launch rosbridge_server rosbridge_websocket_launch.xml";
  try {
    const { hostname, port } = new URL(url);
    const hello = `GET / HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`;
    const plain = hostname.replace(/^\[|\]$/g, "");
    const { heard, answerMs } = await greet(plain, Number(port || 80), Buffer.from(hello), 12, greetMs);
    const answer = Buffer.from(heard).toString("latin1");
    if (answer.startsWith("HTTP/1.1 101")) return pass(url, `answers as a WebSocket in ${answerMs.toFixed(1)} ms`);
    return missing(needed, url, `answers "${answer.slice(0, 12).trim()}", which is no WebSocket`, start);
  } catch (error) {
    return missing(needed, url, (error as Error).message, start);
  }
}
