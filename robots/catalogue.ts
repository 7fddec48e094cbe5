import type { RobotDefinition } from "./definition.ts";

const LOADERS: Readonly<Record<string, () => Promise<RobotDefinition>>> = {
  a1: async () => (await import("./a1/a1.ts")).A1,
  dkitty: async () => (await import("./dkitty/dkitty.ts")).DKITTY,
  go2: async () => (await import("./go2/go2.ts")).GO2,
  reacher: async () => (await import("./reacher/reacher.ts")).REACHER,
  so101: async () => (await import("./so101/so101.ts")).SO101,
  ur5: async () => (await import("./ur5/ur5.ts")).UR5,
  xarm: async () => (await import("./xarm/xarm.ts")).XARM,
};

/** Robots that `loadRobot` knows. */
export const robotNames: readonly string[] = Object.keys(LOADERS);

/** Throws on an unknown name, listing the known ones. */
export async function loadRobot(name: string): Promise<RobotDefinition> {
  const load = Object.hasOwn(LOADERS, name) ? LOADERS[name] : undefined;
  if (load === undefined) throw new Error(`robot: no "${name}"; here there are ${robotNames.join(", ")}`);
  return load();
}
