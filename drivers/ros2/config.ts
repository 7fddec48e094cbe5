import type { RobotSpec } from "../../runtime/robot.ts";
import type { ControllersConfig } from "./controllers.ts";
import type { RosbridgeSettings } from "./rosbridge/settings.ts";
import type { Ros2Settings } from "./settings.ts";
import { TWIST_PARTS, type TwistPart } from "./state/base.ts";

/** Where ROS 2 is and what its topics are called, as plain data. */
export interface Ros2Config {
  readonly transport:
    | { readonly kind: "rclnodejs"; readonly node?: string }
    | { readonly kind: "rosbridge"; readonly url: string; readonly settings?: Partial<RosbridgeSettings> };
  /**
   * The joints' names in the machine's messages, by the robot's own; a joint that is not here has the same name. Of a base:
   * which part of the Twist, as "linear.x".
   */
  readonly joints?: Readonly<Record<string, string>>;
  readonly state: { readonly kind: "joint-states" | "go2" | "base"; readonly topic: string };
  readonly imu?: { readonly topic: string; readonly orientation?: boolean };
  readonly odometry?: { readonly topic: string };
  /** By the name the robot knows them under. */
  readonly images?: Readonly<Record<string, { readonly topic: string; readonly compressed?: boolean }>>;
  /** `latched`: its publisher keeps the last message for those who come later. `silentMs`: silence for so long is a stop too. */
  readonly estop?: { readonly topic: string; readonly latched?: boolean; readonly silentMs?: number };
  readonly command: { readonly kind: "forward" | "trajectory" | "go2" | "twist"; readonly topic: string };
  readonly controllers?: ControllersConfig;
  readonly settings?: Partial<Ros2Settings>;
}

/** The joints' names in the machine's messages, in the robot's order. Throws on one that is no joint, or given twice. */
export function machineNames(
  { name: robot, joints }: Pick<RobotSpec, "name" | "joints">,
  config: Pick<Ros2Config, "joints">,
): string[] {
  const given = config.joints ?? {};
  const known = joints.map(({ name }) => name);
  const stray = Object.keys(given).find((name) => !known.includes(name));
  if (stray !== undefined) {
    throw new Error(`ros2.joints: expected joints of ${robot} (${known.join(", ")}), found "${stray}"`);
  }
  const names = known.map((name) => given[name] ?? name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new Error(`ros2.joints: expected each of the machine's joints once, found "${twice}" twice`);
  return names;
}

/** Throws on a name that is no part of a Twist. */
export function twistParts(names: readonly string[]): TwistPart[] {
  return names.map((name) => {
    const part = TWIST_PARTS.find((each) => each === name);
    if (part === undefined) throw new Error(`ros2.joints: expected one of ${TWIST_PARTS.join(", ")}, found "${name}"`);
    return part;
  });
}
