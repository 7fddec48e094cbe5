/**
 * A machine on ROS 2 in a process of its own: a rosbridge server on 127.0.0.1 with a robot in MuJoCo behind it. Gets its config
 * as the first message, says where it can be reached, and ends with whoever started it.
 */

import { PhysicsPlant } from "../../mock/physics-plant.ts";
import type { MachineSpec } from "../../sim/machine.ts";
import type { SimModel } from "../../sim/model.ts";
import { Graph } from "./graph.ts";
import { MockMachine } from "./machine.ts";
import { RosbridgeServer } from "./rosbridge-server.ts";

/** What it is told, as one message. */
export interface RosMachineConfig {
  readonly robot: MachineSpec & { readonly restPose: readonly number[] };
  readonly model: SimModel;
  readonly kind: "forward" | "trajectory" | "go2";
  readonly rateHz: number;
  /** The joints' names in its messages, in the robot's order; absent: the robot's own. */
  readonly names?: readonly string[];
}

/** What it answers. */
export type RosMachineAnswer = { readonly url: string } | { readonly error: string };

for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {}); // a terminal's are for whoever started it
process.on("disconnect", () => process.exit(0));
process.once("message", (config) => {
  serve(config as RosMachineConfig).then(tell, (error: Error) => {
    tell({ error: error.message });
    process.exit(1);
  });
});

async function serve({ robot, model, kind, rateHz, names }: RosMachineConfig): Promise<RosMachineAnswer> {
  const plant = await PhysicsPlant.build(robot, model);
  const graph = new Graph();
  const now = (): bigint => process.hrtime.bigint();
  const joints = names ?? robot.joints.map(({ name }) => name);
  new MockMachine(graph, { spec: robot, names: joints, kind, rateHz, now, plant }).start();
  return { url: await new RosbridgeServer(graph).listen() };
}

function tell(answer: RosMachineAnswer): void {
  process.send?.(answer);
}
