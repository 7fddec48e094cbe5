/** Against a real ROS 2: npm run test:ros2 in a shell where one is sourced and rclnodejs was installed. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { encode } from "../../../drivers/ros2/messages/codec.ts";
import type { JointState } from "../../../drivers/ros2/messages/types.ts";
import { RclnodejsTransport } from "../../../drivers/ros2/rclnodejs/carrier.ts";
import { isSourced, loadRclnodejs } from "../../../drivers/ros2/rclnodejs/load.ts";
import { Ros2Driver } from "../../../drivers/ros2/ros2-driver.ts";
import { RosbridgeTransport } from "../../../drivers/ros2/rosbridge/carrier.ts";
import type { Transport } from "../../../drivers/ros2/transport.ts";
import { RealtimeClock } from "../../../runtime/clock.ts";
import { ARM } from "./robots.ts";

const asked = process.env.REVERIE_TEST_ROS2 === "1";
const unavailable = asked ? await whyNot() : "not asked for";
if (asked && unavailable !== undefined) console.log(`test:ros2 skips its tests: ${unavailable}`);
/** A running rosbridge server on the same ROS 2, as ws://127.0.0.1:9090; its test is skipped without. */
const rosbridge = process.env.REVERIE_TEST_ROSBRIDGE;

async function whyNot(): Promise<string | undefined> {
  if (!isSourced(process.env)) return "no ROS 2 is sourced (AMENT_PREFIX_PATH and ROS_DISTRO)";
  return loadRclnodejs().then(
    () => undefined,
    (error: Error) => error.message,
  );
}

const STATES = { name: "/reverie_test/joint_states", type: "sensor_msgs/msg/JointState", qos: "sensor" } as const;
const COMMANDS = { name: "/reverie_test/commands", type: "std_msgs/msg/Float64MultiArray", qos: "command" } as const;

function jointState(position: number[]): JointState {
  const ms = Date.now();
  const zeros = new Float64Array(3);
  return {
    header: { stamp: { sec: Math.floor(ms / 1000), nanosec: (ms % 1000) * 1_000_000 }, frame_id: "" },
    name: ARM.joints.map(({ name }) => name),
    position: Float64Array.from(position),
    velocity: zeros,
    effort: zeros,
  };
}

/** A node that says joint states at 100 Hz and follows what it is told. */
async function robot() {
  const transport = new RclnodejsTransport("reverie_test_robot");
  await transport.open();
  const position = [...ARM.restPose];
  const heard: Uint8Array[] = [];
  const publish = transport.advertise({ ...STATES, qos: "command" });
  transport.subscribe(COMMANDS, (cdr) => {
    heard.push(Uint8Array.from(cdr));
  });
  const timer = setInterval(() => publish(jointState(position)), 10);
  return { heard, stop: () => clearInterval(timer), close: () => transport.close() };
}

describe.skipIf(unavailable !== undefined)("a sourced ROS 2", () => {
  const carriers: [string, () => Transport][] = [["rclnodejs", () => new RclnodejsTransport("reverie_test")]];
  if (rosbridge !== undefined) carriers.push(["rosbridge", () => new RosbridgeTransport(rosbridge, console.log)]);

  test.each(carriers)(
    "carries samples and commands through %s",
    async (_, carrier) => {
      const { heard, stop, close } = await robot();
      const driver = new Ros2Driver({
        spec: ARM,
        config: {
          transport: { kind: "rclnodejs" },
          state: { kind: "joint-states", topic: STATES.name },
          command: { kind: "forward", topic: COMMANDS.name },
          settings: { firstSampleMs: 10_000 },
        },
        transport: carrier(),
        clock: new RealtimeClock(),
        report: console.log,
        wallMs: Date.now,
      });
      try {
        await driver.open();
        const { position, timeNs } = await driver.read();
        expect([...position]).toEqual(ARM.restPose);
        await sleep(200);
        expect((await driver.read()).timeNs).toBeGreaterThan(timeNs);
        const gains = new Float64Array(3);
        await driver.write({ position: Float64Array.of(0.5, -0.5, 0.25), kp: gains, kd: gains });
        await expect.poll(() => heard.length, { timeout: 5000 }).toBeGreaterThan(0);
        const expected = { layout: { dim: [], data_offset: 0 }, data: Float64Array.of(0.5, -0.5, 0.25) };
        expect(Buffer.from(heard[0]!)).toEqual(Buffer.from(encode(COMMANDS.type, expected)));
      } finally {
        stop();
        await driver.close();
        await close();
      }
    },
    30_000,
  );
});

test.runIf(unavailable !== undefined)("without a ROS 2 the carrier says what to do", async () => {
  const loading = loadRclnodejs({}, () => import("./robots.ts"));
  await expect(loading).rejects.toThrow("setup.bash && npm i rclnodejs");
});
