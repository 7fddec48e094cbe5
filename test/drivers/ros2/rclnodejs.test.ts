import { describe, expect, test } from "vitest";
import { encode } from "../../../drivers/ros2/messages/codec.ts";
import { Graph } from "../../../drivers/ros2/mock/graph.ts";
import { RclnodejsTransport } from "../../../drivers/ros2/rclnodejs/carrier.ts";
import { RMW } from "../../../drivers/ros2/rclnodejs/interface.ts";
import { loadRclnodejs } from "../../../drivers/ros2/rclnodejs/load.ts";
import { fakeRclnodejs } from "./fake-rclnodejs.ts";

describe("loading", () => {
  const never = async (): Promise<unknown> => {
    throw new Error("imported");
  };

  test.each([
    {},
    { ROS_DISTRO: "jazzy" },
    { AMENT_PREFIX_PATH: "/opt/ros/jazzy" },
    { ROS_DISTRO: "", AMENT_PREFIX_PATH: "" },
  ])("without a sourced ROS 2 (%j) rclnodejs is not even imported, and the remedy is named", async (environment) => {
    const loading = loadRclnodejs(environment, never);
    await expect(loading).rejects.toThrow("source /opt/ros/<distro>/setup.bash && npm i rclnodejs");
    await expect(loading).rejects.not.toThrow("imported");
  });

  test("where it is not installed the remedy names the ROS 2 at hand", async () => {
    const environment = { ROS_DISTRO: "jazzy", AMENT_PREFIX_PATH: "/opt/ros/jazzy" };
    await expect(loadRclnodejs(environment, never)).rejects.toThrow(
      "ROS 2 jazzy: rclnodejs cannot be loaded: imported; it is built where a ROS 2 is sourced: source /opt/ros/jazzy/setup.bash && npm i rclnodejs",
    );
  });
});

function opened() {
  const graph = new Graph();
  const fake = fakeRclnodejs(graph);
  const transport = new RclnodejsTransport("reverie", async () => fake.module);
  return { graph, fake, transport };
}

const STATES = { name: "/joint_states", type: "sensor_msgs/msg/JointState", qos: "sensor" } as const;

describe("the carrier", () => {
  test("hears and says raw bytes, with the QoS of the topic's kind", async () => {
    const { graph, fake, transport } = opened();
    await transport.open();
    const heard: Uint8Array[] = [];
    transport.subscribe(STATES, (cdr) => heard.push(cdr));
    transport.subscribe({ name: "/estop", type: "std_msgs/msg/Bool", qos: "latched" }, () => {});
    const publish = transport.advertise({ name: "/cmd", type: "std_msgs/msg/Float64MultiArray", qos: "command" });
    const said: Uint8Array[] = [];
    graph.subscribe("/cmd", "std_msgs/msg/Float64MultiArray", (cdr) => said.push(cdr));
    const message = { layout: { dim: [], data_offset: 0 }, data: Float64Array.of(1, 2.5) };
    expect(publish(message)).toBe(true);
    expect(Buffer.from(said[0]!)).toEqual(Buffer.from(encode("std_msgs/msg/Float64MultiArray", message)));
    graph.publish("/joint_states", STATES.type, Uint8Array.of(0, 1, 0, 0));
    expect([...heard[0]!]).toEqual([0, 1, 0, 0]);
    const { keepLast, bestEffort, reliable, volatile, transientLocal } = RMW;
    const qos = { history: keepLast, depth: 1 };
    expect(fake.qosOf.get("/joint_states")).toEqual({ ...qos, reliability: bestEffort, durability: volatile });
    expect(fake.qosOf.get("/cmd")).toEqual({ ...qos, reliability: reliable, durability: volatile });
    expect(fake.qosOf.get("/estop")).toEqual({ ...qos, reliability: reliable, durability: transientLocal });
    await transport.close();
  });

  test("takes rclnodejs's own SIGINT handler away, which would end ROS before the robot is at rest", async () => {
    const { fake, transport } = opened();
    await transport.prepare();
    expect(fake.state).toMatchObject({ signalHandlers: false, nodes: 0 });
    await transport.close();
  });

  test("leaves no node behind, and opens again", async () => {
    const { fake, transport } = opened();
    for (let i = 0; i < 2; i++) {
      await transport.open();
      expect(fake.state).toMatchObject({ initialised: true, nodes: 1 });
      await transport.close();
      await transport.close();
      expect(fake.state).toMatchObject({ initialised: false, nodes: 0 });
    }
    expect(() => transport.subscribe(STATES, () => {})).toThrow("ROS 2 node reverie: not open");
  });

  test("names the package whose messages rclnodejs was not built with, and the remedy", async () => {
    const { transport } = opened();
    await transport.open();
    const topic = { name: "/x", type: "nope_msgs/msg/Nope" as "std_msgs/msg/Bool", qos: "sensor" } as const;
    expect(() => transport.subscribe(topic, () => {})).toThrow(
      /\/x: rclnodejs cannot use nope_msgs.*npx generate-ros-messages/,
    );
    await transport.close();
  });

  test("calls services, and says which one nobody offers or answers", async () => {
    const { graph, transport } = opened();
    await transport.open();
    graph.offer("/ok", (request) => ({ got: request }));
    graph.offer("/mute", () => undefined);
    expect(await transport.call("/ok", "std_srvs/srv/Trigger", { a: 1 }, 100)).toEqual({ got: { a: 1 } });
    await expect(transport.call("/gone", "std_srvs/srv/Trigger", {}, 50)).rejects.toThrow(
      "service /gone: expected it within 50 ms",
    );
    await expect(transport.call("/mute", "std_srvs/srv/Trigger", {}, 50)).rejects.toThrow(
      "service /mute: expected an answer in 50 ms, found none",
    );
    await transport.close();
  });
});
