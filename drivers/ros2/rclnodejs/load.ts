import type { Rclnodejs } from "./interface.ts";

const PACKAGE = "rclnodejs";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Whether a ROS 2 is sourced in this environment. */
export function isSourced({ AMENT_PREFIX_PATH, ROS_DISTRO }: Environment): boolean {
  return Boolean(AMENT_PREFIX_PATH) && Boolean(ROS_DISTRO);
}

/**
 * Loads rclnodejs where a ROS 2 is sourced. The environment is looked at first: imported without one, rclnodejs deletes what
 * was built of it and begins to build itself anew. Throws with what to do.
 */
export async function loadRclnodejs(
  environment: Environment = process.env,
  load: (name: string) => Promise<unknown> = (name) => import(name),
): Promise<Rclnodejs> {
  if (!isSourced(environment)) {
    throw new Error(
      `ROS 2: expected AMENT_PREFIX_PATH and ROS_DISTRO of a sourced ROS 2, found none; ${remedy("<distro>")}, ` +
        "or reach the robot through its rosbridge_server instead",
    );
  }
  const distro = environment.ROS_DISTRO!;
  try {
    const module = (await load(PACKAGE)) as { default?: Rclnodejs };
    return module.default ?? (module as Rclnodejs);
  } catch (error) {
    throw new Error(
      `ROS 2 ${distro}: ${PACKAGE} cannot be loaded: ${(error as Error).message}; it is built where a ROS 2 is sourced: ` +
        remedy(distro),
    );
  }
}

function remedy(distro: string): string {
  return `source /opt/ros/${distro}/setup.bash && npm i ${PACKAGE}`;
}
