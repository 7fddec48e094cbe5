import type { ServedMachine } from "../../mock/attend-parent.ts";
import type { BusTimers } from "../../mock/emulated-bus.ts";
import { PhysicsPlant } from "../../mock/physics-plant.ts";
import type { WitnessConfig } from "../../mock/witness.ts";
import type { MachineSpec } from "../../sim/machine.ts";
import type { SimModel } from "../../sim/model.ts";
import type { Ros2Config } from "../config.ts";
import type { RosFault } from "./faults.ts";
import { FaultyTopics } from "./faulty-topics.ts";
import { Graph } from "./graph.ts";
import { MockMachine } from "./machine.ts";
import { machineOptions } from "./machine-options.ts";
import { RosbridgeServer } from "./rosbridge-server.ts";
import { RosWitness } from "./witness.ts";

/** What a machine on ROS 2 in a process of its own is told, as one message. */
export interface RosMachineConfig {
  readonly robot: MachineSpec & { readonly restPose: readonly number[] };
  readonly model: SimModel;
  /** Its topics, controllers and the joints' names, as the robot's driver knows them. */
  readonly ros2: Omit<Ros2Config, "transport">;
  /** How often it says where its joints are. */
  readonly rateHz: number;
  readonly faults: readonly RosFault[];
  readonly seed: number;
  /** What of it is written down; absent: nothing. */
  readonly witness?: WitnessConfig;
  /** Of its rosbridge; absent: any that is free. */
  readonly port?: number;
}

export interface ServedRosMachine extends ServedMachine<RosFault> {
  /** Of its rosbridge server, ws://127.0.0.1:port. */
  readonly url: string;
}

const TIMERS: BusTimers = {
  now: () => performance.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

/** A rosbridge server on this computer with a robot in MuJoCo behind its topics. Throws on topics that cannot be emulated. */
export async function serveRosMachine(config: RosMachineConfig): Promise<ServedRosMachine> {
  const { robot, model, ros2, rateHz, seed, port } = config;
  const named = machineOptions(robot, ros2);
  const plant = await PhysicsPlant.build(robot, model);
  const graph = new Graph();
  const server = new RosbridgeServer(graph);
  const joints = robot.joints.map(({ name }) => name);
  const faults = new FaultyTopics({ timers: TIMERS, seed, joints, names: named.names });
  const changed: Record<string, number> = {};
  faults.onFault = (kind) => {
    changed[kind] = (changed[kind] ?? 0) + 1;
  };
  faults.onPlug = ({ reported }, out) => {
    if (reported === true) server.refuse(out);
    else server.freeze(out);
  };
  const witness = config.witness && new RosWitness(config.witness);
  const machine = new MockMachine(graph, {
    ...named,
    ...{ rateHz, plant, faults },
    now: () => process.hrtime.bigint(),
    onTargets: (targets) => witness?.judge(targets),
    onStep: (position) => witness?.write(position),
  });
  faults.inject(config.faults);
  machine.step(); // what saying something takes the first time is not whoever hears it first to wait for
  const url = await server.listen(port);
  machine.start();
  return {
    url,
    get silentMs() {
      return machine.silentMs;
    },
    inject: (more) => faults.inject(more),
    seen: () => ({ beyondLimits: witness?.beyondLimits ?? 0, faults: changed }),
    close: async () => {
      machine.stop();
      faults.close();
      await server.close();
      plant.delete();
    },
  };
}
