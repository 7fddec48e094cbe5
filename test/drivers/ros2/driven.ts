import { afterEach } from "vitest";
import type { Ros2Config } from "../../../drivers/ros2/config.ts";
import { decode, encode } from "../../../drivers/ros2/messages/codec.ts";
import type { JointState, MessageTypes, TypeName } from "../../../drivers/ros2/messages/types.ts";
import { Graph } from "../../../drivers/ros2/mock/graph.ts";
import { RclnodejsTransport } from "../../../drivers/ros2/rclnodejs/carrier.ts";
import { Ros2Driver } from "../../../drivers/ros2/ros2-driver.ts";
import { VirtualClock } from "../../../runtime/clock.ts";
import type { JointCommand, RobotSpec } from "../../../runtime/robot.ts";
import { fakeRclnodejs } from "./fake-rclnodejs.ts";

export const MS = 1_000_000n;
export const START = 1000n * 1000n * MS;

/** Closed after the test, the last one first. */
export const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

/** Patience short enough for tests. */
export const ARM_CONFIG: Ros2Config = {
  transport: { kind: "rclnodejs" },
  state: { kind: "joint-states", topic: "/joint_states" },
  command: { kind: "forward", topic: "/forward/commands" },
  settings: { firstSampleMs: 40, callMs: 40, explainMs: 40, repeatMs: 5 },
};

/** A driver on a graph whose topics the test speaks for, on a clock it owns. */
export function driven(spec: RobotSpec, config: Ros2Config) {
  const graph = new Graph();
  const clock = new VirtualClock();
  void clock.sleepUntil(START);
  const lines: string[] = [];
  const transport = new RclnodejsTransport("reverie", async () => fakeRclnodejs(graph).module);
  const report = (line: string): void => void lines.push(line);
  const driver = new Ros2Driver({ spec, config, transport, clock, report, wallMs: () => 1_700_000_000_500 });
  open.push(driver);
  const said = <T extends TypeName>(name: string, type: T): MessageTypes[T][] => {
    const messages: MessageTypes[T][] = [];
    graph.subscribe(name, type, (cdr) => messages.push(decode(type, cdr)));
    return messages;
  };
  const pass = (ms: number): void => void clock.sleepUntil(clock.now() + BigInt(ms) * MS);
  const stamp = (): { sec: number; nanosec: number } => {
    const now = clock.now();
    return { sec: Number(now / 1_000_000_000n), nanosec: Number(now % 1_000_000_000n) };
  };
  const header = () => ({ stamp: stamp(), frame_id: "" });
  const sayJoints = (position = [1, 2, 3], parts: Partial<JointState> = {}): void => {
    const zeros = new Float64Array(3);
    const name = ["shoulder", "elbow", "wrist"];
    const state = {
      header: header(),
      name,
      position: Float64Array.from(position),
      velocity: zeros,
      effort: zeros,
      ...parts,
    };
    graph.publish("/joint_states", "sensor_msgs/msg/JointState", encode("sensor_msgs/msg/JointState", state));
  };
  const say = <T extends TypeName>(name: string, type: T, message: MessageTypes[T]): void =>
    graph.publish(name, type, encode(type, message));
  /** Two messages: the first one is never used. */
  const start = async (): Promise<void> => {
    await driver.open();
    sayJoints();
    pass(10);
    sayJoints();
  };
  return { graph, clock, driver, lines, said, pass, header, say, sayJoints, start };
}

export const command = (spec: RobotSpec, ...position: number[]): JointCommand => ({
  position: Float64Array.from(position),
  kp: Float64Array.from(spec.joints, ({ kp }) => kp),
  kd: Float64Array.from(spec.joints, ({ kd }) => kd),
});
