import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe } from "vitest";
import type { Ros2Config } from "../../../drivers/ros2/config.ts";
import { Graph } from "../../../drivers/ros2/mock/graph.ts";
import { MockMachine, type MockMachineOptions } from "../../../drivers/ros2/mock/machine.ts";
import { RosbridgeServer } from "../../../drivers/ros2/mock/rosbridge-server.ts";
import { RclnodejsTransport } from "../../../drivers/ros2/rclnodejs/carrier.ts";
import { Ros2Driver } from "../../../drivers/ros2/ros2-driver.ts";
import { RosbridgeTransport } from "../../../drivers/ros2/rosbridge/carrier.ts";
import type { Transport } from "../../../drivers/ros2/transport.ts";
import { RealtimeClock } from "../../../runtime/clock.ts";
import type { Driver, RobotSpec } from "../../../runtime/robot.ts";
import { type DriverUnderTest, driverContract } from "../../contracts/driver.ts";
import { fakeRclnodejs } from "./fake-rclnodejs.ts";
import { ARM, GO2 } from "./robots.ts";

/** Robots on one server, each with topics of its own: the contract's tests make one each. */
const servers: RosbridgeServer[] = [];
afterAll(async () => {
  for (const server of servers) await server.close();
});

interface Case {
  readonly spec: RobotSpec;
  readonly config: Omit<Ros2Config, "transport">;
  readonly machine: Pick<MockMachineOptions, "kind" | "names" | "controller">;
}

const CONTROLLER = "arm_controller";
const controllers = { manager: "/controller_manager", names: [CONTROLLER] };
const state = { kind: "joint-states", topic: "/joint_states" } as const;
const names = ARM.joints.map(({ name }) => name);

const FORWARD: Case = {
  spec: ARM,
  config: { state, command: { kind: "forward", topic: "/forward/commands" }, controllers },
  machine: { kind: "forward", names, controller: CONTROLLER },
};
const TRAJECTORY: Case = {
  spec: ARM,
  config: { state, command: { kind: "trajectory", topic: "/trajectory" }, controllers },
  machine: { kind: "trajectory", names, controller: CONTROLLER },
};
const QUADRUPED: Case = {
  spec: GO2.spec,
  config: {
    joints: GO2.joints,
    state: { kind: "go2", topic: "/lowstate" },
    command: { kind: "go2", topic: "/lowcmd" },
  },
  machine: { kind: "go2", names: Object.values(GO2.joints) },
};

function under(
  { spec, config, machine: kind }: Case,
  graph: Graph,
  transport: Transport,
  settled: () => Promise<void>,
): DriverUnderTest {
  const machine = new MockMachine(graph, { spec, rateHz: 200, now: () => process.hrtime.bigint(), ...kind });
  const own = new Ros2Driver({
    spec,
    config: { ...config, transport: { kind: "rclnodejs" } },
    transport,
    clock: new RealtimeClock(),
    report: () => {},
    wallMs: Date.now,
  });
  // The machine lives while the driver is open, and what was said has arrived when a call returns.
  const driver: Driver = {
    open: async () => {
      machine.start();
      await own.open();
    },
    read: () => own.read(),
    write: async (command) => {
      const sent = await own.write(command);
      await settled();
      return sent;
    },
    relax: async (end) => {
      await own.relax(end);
      await settled();
    },
    close: async () => {
      await own.close();
      machine.stop();
    },
  };
  return { driver, spec, motors: () => machine.motors, pass: (ms) => sleep(ms) };
}

describe.each([
  ["a forward_command_controller", FORWARD],
  ["a joint_trajectory_controller", TRAJECTORY],
  ["a Go2's motors", QUADRUPED],
])("%s over ROS 2", (_, robot) => {
  driverContract(() => {
    const graph = new Graph();
    const transport = new RclnodejsTransport("reverie", async () => fakeRclnodejs(graph).module);
    return under(robot, graph, transport, async () => {});
  });
});

/** A server's address is known once it listens, but robots are made before: each opens its server first. */
class LateTransport implements Transport {
  readonly name = "rosbridge";
  readonly #server: RosbridgeServer;
  #inner: RosbridgeTransport | undefined;

  constructor(server: RosbridgeServer) {
    this.#server = server;
  }

  get connected(): boolean {
    return this.#inner?.connected === true;
  }

  async open(onReturn: () => void): Promise<void> {
    if (this.#inner === undefined) {
      servers.push(this.#server);
      this.#inner = new RosbridgeTransport(await this.#server.listen(), () => {});
    }
    await this.#inner.open(onReturn);
  }

  subscribe(...args: Parameters<Transport["subscribe"]>): void {
    this.#inner!.subscribe(...args);
  }

  advertise: Transport["advertise"] = (topic) => this.#inner!.advertise(topic);

  call(...args: Parameters<Transport["call"]>): Promise<unknown> {
    return this.#inner!.call(...args);
  }

  async close(): Promise<void> {
    await this.#inner?.close();
  }
}

describe.each([
  ["a forward_command_controller", FORWARD],
  ["a Go2's motors", QUADRUPED],
])("%s over a rosbridge server", (_, robot) => {
  driverContract(() => {
    const graph = new Graph();
    const server = new RosbridgeServer(graph);
    return under(robot, graph, new LateTransport(server), () => server.settled());
  });
});
