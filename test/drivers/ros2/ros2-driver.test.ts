import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import type { Ros2Config } from "../../../drivers/ros2/config.ts";
import { makeRos2Driver } from "../../../drivers/ros2/make-driver.ts";
import { decode, encode } from "../../../drivers/ros2/messages/codec.ts";
import type { JointState, MessageTypes, TypeName } from "../../../drivers/ros2/messages/types.ts";
import { Graph } from "../../../drivers/ros2/mock/graph.ts";
import { MockMachine } from "../../../drivers/ros2/mock/machine.ts";
import { RosbridgeServer } from "../../../drivers/ros2/mock/rosbridge-server.ts";
import { RclnodejsTransport } from "../../../drivers/ros2/rclnodejs/carrier.ts";
import { Ros2Driver } from "../../../drivers/ros2/ros2-driver.ts";
import { RosbridgeTransport } from "../../../drivers/ros2/rosbridge/carrier.ts";
import { RealtimeClock, VirtualClock } from "../../../runtime/clock.ts";
import type { JointCommand, RobotSpec } from "../../../runtime/robot.ts";
import { fakeRclnodejs } from "./fake-rclnodejs.ts";
import { ARM, BASE, GO2 } from "./robots.ts";

const MS = 1_000_000n;
const START = 1000n * 1000n * MS;

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

const ARM_CONFIG: Ros2Config = {
  transport: { kind: "rclnodejs" },
  state: { kind: "joint-states", topic: "/joint_states" },
  command: { kind: "forward", topic: "/forward/commands" },
  settings: { firstSampleMs: 40, callMs: 40, explainMs: 40, repeatMs: 5 },
};

/** A driver on a graph whose topics the test speaks for, on a clock it owns. */
function driven(spec: RobotSpec, config: Ros2Config) {
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

const command = (spec: RobotSpec, ...position: number[]): JointCommand => ({
  position: Float64Array.from(position),
  kp: Float64Array.from(spec.joints, ({ kp }) => kp),
  kd: Float64Array.from(spec.joints, ({ kd }) => kd),
});

describe("the first read", () => {
  test("names a topic that says nothing, and how to look", async () => {
    const { driver } = driven(ARM, { ...ARM_CONFIG, imu: { topic: "/imu" } });
    await driver.open();
    await expect(driver.read()).rejects.toThrow(
      "/joint_states: expected a sensor_msgs/msg/JointState in 40 ms, found none; ros2 topic hz /joint_states says whether it is published; /imu: expected",
    );
  });

  test("names joints that the first message does not have", async () => {
    const { driver, sayJoints } = driven(ARM, ARM_CONFIG);
    await driver.open();
    sayJoints([1, 2, 3], { name: ["shoulder", "elbow_joint", "wrist"] });
    await expect(driver.read()).rejects.toThrow(
      "/joint_states: expected the joints elbow, found only shoulder, elbow_joint, wrist",
    );
  });

  test("is not fooled by a message of long ago that is given to new subscriptions", async () => {
    const { driver, graph, header, pass, sayJoints } = driven(ARM, ARM_CONFIG);
    const zeros = new Float64Array(3);
    const old = {
      header: header(),
      name: ["shoulder", "elbow", "wrist"],
      position: Float64Array.of(9, 9, 9),
      velocity: zeros,
      effort: zeros,
    };
    graph.publish("/joint_states", "sensor_msgs/msg/JointState", encode("sensor_msgs/msg/JointState", old), true);
    pass(60_000);
    await driver.open();
    await expect(driver.read()).rejects.toThrow(
      "/joint_states: expected messages whose stamps rise in 40 ms, found 1 that do not",
    );
    sayJoints();
    const sample = await driver.read();
    expect([...sample.position]).toEqual([1, 2, 3]);
  });

  test("waits for what comes a moment later", async () => {
    const { driver, pass, sayJoints } = driven(ARM, ARM_CONFIG);
    await driver.open();
    sayJoints();
    const reading = driver.read();
    await sleep(5);
    pass(10);
    sayJoints([3, 2, 1]);
    expect([...(await reading).position]).toEqual([3, 2, 1]);
  });
});

describe("samples", () => {
  test("are as old as the oldest of the devices they need, and say how old each is", async () => {
    const { driver, header, pass, say, sayJoints } = driven(ARM, { ...ARM_CONFIG, imu: { topic: "/imu" } });
    await driver.open();
    const none = new Float64Array(9);
    const sayImu = (): void =>
      say("/imu", "sensor_msgs/msg/Imu", {
        header: header(),
        orientation: { w: 1, x: 0, y: 0, z: 0 },
        orientation_covariance: none,
        angular_velocity: { x: 0, y: 0, z: 0.5 },
        angular_velocity_covariance: none,
        linear_acceleration: { x: 0, y: 0, z: 9.81 },
        linear_acceleration_covariance: none,
      });
    for (let i = 0; i < 3; i++) {
      pass(10);
      sayJoints();
      sayImu();
    }
    for (let i = 0; i < 30; i++) {
      pass(10);
      sayJoints();
    }
    pass(5);
    const sample = await driver.read();
    expect(sample.timeNs).toBe(START + 30n * MS);
    expect([...sample.sensors.age!]).toEqual([0.005, 0.305]);
    expect([...sample.sensors.gyro!]).toEqual([0, 0, 0.5]);
    expect([...sample.sensors.orientation!]).toEqual([1, 0, 0, 0]);
  });

  test("age while every message is refused, and are fresh with the first good one", async () => {
    const { clock, driver, lines, pass, sayJoints, start } = driven(ARM, ARM_CONFIG);
    await start();
    const good = (await driver.read()).timeNs;
    for (let i = 0; i < 30; i++) {
      pass(10);
      sayJoints([1, Number.NaN, 3]);
    }
    expect((await driver.read()).timeNs).toBe(good);
    expect(lines).toEqual(["/joint_states: position of elbow is not finite: NaN; refused"]);
    pass(10);
    sayJoints();
    expect((await driver.read()).timeNs).toBe(clock.now());
  });

  test("of a Go2 have its body, its temperatures and its supply", async () => {
    const config: Ros2Config = {
      transport: { kind: "rclnodejs" },
      joints: GO2.joints,
      state: { kind: "go2", topic: "/lowstate" },
      command: { kind: "go2", topic: "/lowcmd" },
    };
    const { clock, driver, graph, pass } = driven(GO2.spec, config);
    const now = (): bigint => clock.now();
    const machine = new MockMachine(graph, {
      spec: GO2.spec,
      names: Object.values(GO2.joints),
      kind: "go2",
      rateHz: 1,
      now,
    });
    await driver.open();
    for (let i = 0; i < 2; i++) {
      pass(2);
      machine.step();
    }
    const { position, sensors, temperature, timeNs, voltage } = await driver.read();
    expect(timeNs).toBe(clock.now());
    for (let i = 0; i < 12; i++) expect(position[i]).toBeCloseTo(GO2.spec.restPose[i]!, 6);
    expect([...temperature!]).toEqual(new Array(12).fill(30));
    expect([...voltage!]).toEqual(new Array(12).fill(29));
    expect(sensors.acceleration![2]).toBeCloseTo(9.81, 5);
    expect(Object.keys(sensors)).toEqual(["orientation", "gyro", "acceleration", "footForce", "age"]);
  });
});

describe("the emergency stop's topic", () => {
  const config = { ...ARM_CONFIG, estop: { topic: "/estop", silentMs: 200 } };

  test("is in every sample; silence of it is a stop", async () => {
    const { driver, pass, say, sayJoints, start } = driven(ARM, config);
    await start();
    say("/estop", "std_msgs/msg/Bool", { data: false });
    expect((await driver.read()).estop).toBe(false);
    say("/estop", "std_msgs/msg/Bool", { data: true });
    expect((await driver.read()).estop).toBe(true);
    say("/estop", "std_msgs/msg/Bool", { data: false });
    pass(199);
    sayJoints();
    expect((await driver.read()).estop).toBe(false);
    pass(2);
    expect((await driver.read()).estop).toBe(true);
  });

  test("is waited for: a stop that nobody heard of is not taken for released", async () => {
    const { driver, start } = driven(ARM, config);
    await start();
    await expect(driver.read()).rejects.toThrow("/estop: expected a std_msgs/msg/Bool in 40 ms, found none");
  });
});

describe("a forward_command_controller without a controller manager", () => {
  test("can only hold, and says so", async () => {
    const { driver, lines, said, start } = driven(ARM, ARM_CONFIG);
    const commands = said("/forward/commands", "std_msgs/msg/Float64MultiArray");
    await start();
    await driver.relax("limp");
    expect([...commands[0]!.data]).toEqual([1, 2, 3]);
    expect(lines).toEqual(['/forward/commands can only hold: "limp" becomes "hold"']);
  });

  test("holds the command in force, again and again, until the next one", async () => {
    const { driver, sayJoints, said, start } = driven(ARM, ARM_CONFIG);
    const commands = said("/forward/commands", "std_msgs/msg/Float64MultiArray");
    await start();
    await driver.write(command(ARM, 1.5, 2, 3));
    sayJoints([1.1, 2, 3]);
    await driver.relax("hold");
    await expect.poll(() => commands.length, { timeout: 5000 }).toBeGreaterThan(4);
    expect(commands.every(({ data }) => data[0] === 1.5)).toBe(true);
    await driver.write(command(ARM, 1.6, 2, 3));
    const { length } = commands;
    await sleep(30);
    expect(commands).toHaveLength(length);
  });

  test("is left to its last command where no fresh pose is known: none is made up", async () => {
    const { driver, lines, pass, said, start } = driven(ARM, ARM_CONFIG);
    const commands = said("/forward/commands", "std_msgs/msg/Float64MultiArray");
    await driver.open();
    await driver.relax("hold");
    await driver.close();
    await start();
    pass(101);
    await driver.relax("hold");
    await sleep(20);
    expect(commands).toEqual([]);
    expect(lines[0]).toBe('arm: "hold" without a fresh pose: left to its last command instead');
  });
});

describe("controllers", () => {
  const controllers = { manager: "/controller_manager", names: ["arm_controller"] };
  const config = { ...ARM_CONFIG, controllers };

  function managed() {
    const its = driven(ARM, config);
    const now = (): bigint => its.clock.now();
    const machine = new MockMachine(its.graph, {
      spec: ARM,
      names: ARM.joints.map(({ name }) => name),
      kind: "forward",
      rateHz: 1,
      now,
      controller: "arm_controller",
    });
    machine.start();
    open.push({ close: async () => machine.stop() });
    return { ...its, machine };
  }

  test("become active with the first command, not before, and inactive when the machine is let go", async () => {
    const { driver, machine, start } = managed();
    await start();
    await driver.read();
    expect(machine.active).toBe(false);
    await driver.write(command(ARM, 1, 2, 3));
    expect(machine.active).toBe(true);
    await driver.relax("limp");
    expect(machine.active).toBe(false);
    await driver.relax("hold");
    expect(machine.active).toBe(true);
    await driver.close();
    expect(machine.active).toBe(false);
  });

  test("that already are what they should be are no failure", async () => {
    const { driver, machine, start } = managed();
    await start();
    await driver.relax("damp");
    expect(machine.active).toBe(false);
  });

  test("are left alone by a driver that only read", async () => {
    const { driver, graph, machine, start } = managed();
    graph.service("/controller_manager/switch_controller")!({
      activate_controllers: ["arm_controller"],
      deactivate_controllers: [],
    });
    await start();
    await driver.read();
    await driver.close();
    expect(machine.active).toBe(true);
  });

  test("that cannot be are named with their state and the remedy, and nothing is sent", async () => {
    const { driver, graph, said, start } = driven(ARM, config);
    const commands = said("/forward/commands", "std_msgs/msg/Float64MultiArray");
    graph.offer("/controller_manager/switch_controller", () => ({ ok: false }));
    graph.offer("/controller_manager/list_controllers", () => ({
      controller: [{ name: "arm_controller", state: "unconfigured" }],
    }));
    await start();
    await expect(driver.write(command(ARM, 1, 2, 3))).rejects.toThrow(
      "/controller_manager: expected its controllers to become active, found arm_controller unconfigured; load and configure them first: ros2 control load_controller --set-state inactive arm_controller",
    );
    expect(commands).toEqual([]);
  });

  test("that cannot be let go of are held, and that is an error", async () => {
    const { driver, graph, said, start } = driven(ARM, config);
    const commands = said("/forward/commands", "std_msgs/msg/Float64MultiArray");
    graph.offer("/controller_manager/switch_controller", () => undefined);
    await start();
    await expect(driver.relax("limp")).rejects.toThrow(
      "service /controller_manager/switch_controller: expected an answer in 40 ms",
    );
    expect([...commands[0]!.data]).toEqual([1, 2, 3]);
  });
});

describe("a Go2", () => {
  const config: Ros2Config = {
    ...ARM_CONFIG,
    joints: GO2.joints,
    state: { kind: "go2", topic: "/lowstate" },
    command: { kind: "go2", topic: "/lowcmd" },
  };

  function quadruped() {
    const its = driven(GO2.spec, config);
    const now = (): bigint => its.clock.now();
    const machine = new MockMachine(its.graph, {
      spec: GO2.spec,
      names: Object.values(GO2.joints),
      kind: "go2",
      rateHz: 1,
      now,
    });
    const commands = its.said("/lowcmd", "unitree_go/msg/LowCmd");
    const start = async (): Promise<void> => {
      await its.driver.open();
      for (let i = 0; i < 2; i++) {
        its.pass(2);
        machine.step();
      }
    };
    return { ...its, commands, start };
  }

  test("gets targets and gains, rounded to what is returned; motors beyond the twelve follow nothing", async () => {
    const { driver, commands, start } = quadruped();
    await start();
    const sent = await driver.write(command(GO2.spec, ...GO2.spec.restPose.map((q) => q + 0.1)));
    const { head, level_flag, motor_cmd } = commands[0]!;
    expect([...head, level_flag]).toEqual([0xfe, 0xef, 0xff]);
    for (let i = 0; i < 12; i++) {
      expect(motor_cmd[i]).toMatchObject({
        mode: 1,
        q: sent.position[i],
        kp: sent.kp[i],
        kd: sent.kd[i],
        dq: 0,
        tau: 0,
      });
    }
    expect(motor_cmd[12]).toMatchObject({ q: 2_146_000_000, dq: 16_000, kp: 0, kd: 0 });
  });

  test.each([
    ["damp", { kp: 0, kd: 1, dq: 0 }],
    ["limp", { kp: 0, kd: 0, dq: 16_000 }],
    ["stop", { kp: 0, kd: 1, dq: 0 }],
    ["hold", { kp: 80, kd: 1, dq: 0 }],
  ] as const)("%s is said again and again, also after a command", async (end, motor) => {
    const { driver, commands, start } = quadruped();
    await start();
    await driver.write(command(GO2.spec, ...GO2.spec.restPose));
    commands.length = 0;
    await driver.relax(end);
    expect(commands[0]!.motor_cmd[0]).toMatchObject(motor);
    await expect.poll(() => commands.length, { timeout: 5000 }).toBeGreaterThan(4);
    expect(commands.at(-1)!.motor_cmd[0]).toMatchObject(motor);
  });

  test("is damped, not held, where its pose is not known", async () => {
    const { driver, commands, lines } = quadruped();
    await driver.open();
    await driver.relax("hold");
    expect(commands[0]!.motor_cmd[0]).toMatchObject({ kp: 0, kd: 1 });
    expect(lines).toEqual(['go2: "hold" without a fresh pose: damped instead']);
  });
});

test("a base follows speeds, measures them, and stands still in every end state and at the end", async () => {
  const { clock, driver, graph, pass, said } = driven(BASE, {
    ...ARM_CONFIG,
    joints: { drive: "linear.x", turn: "angular.z" },
    state: { kind: "base", topic: "/odom" },
    command: { kind: "twist", topic: "/cmd_vel" },
  });
  const speeds = said("/cmd_vel", "geometry_msgs/msg/Twist");
  const now = (): bigint => clock.now();
  const machine = new MockMachine(graph, {
    spec: BASE,
    names: ["linear.x", "angular.z"],
    kind: "twist",
    rateHz: 1,
    now,
  });
  machine.start();
  await driver.open();
  await driver.write(command(BASE, 0.5, -0.25));
  expect(speeds[0]).toEqual({ linear: { x: 0.5, y: 0, z: 0 }, angular: { x: 0, y: 0, z: -0.25 } });
  for (let i = 0; i < 40; i++) {
    pass(10);
    machine.step();
  }
  const { position, sensors } = await driver.read();
  expect(position[0]).toBeCloseTo(0.5, 3);
  expect(position[1]).toBeCloseTo(-0.25, 3);
  expect(sensors.velocity![0]).toBeCloseTo(0.5, 3);
  for (const end of ["stop", "hold", "damp", "limp"] as const) {
    await driver.write(command(BASE, 0.5, 0));
    await driver.relax(end);
    expect(speeds.at(-1)).toEqual({ linear: { x: 0, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0 } });
  }
  await driver.write(command(BASE, 0.5, 0));
  await driver.close();
  expect(speeds.at(-1)!.linear.x).toBe(0);
  machine.stop();
});

describe("over rosbridge", () => {
  async function bridged() {
    const graph = new Graph();
    const server = new RosbridgeServer(graph);
    open.push(server);
    const url = await server.listen();
    const names = ARM.joints.map(({ name }) => name);
    const now = (): bigint => process.hrtime.bigint();
    const machine = new MockMachine(graph, { spec: ARM, names, kind: "forward", rateHz: 200, now });
    machine.start();
    open.push({ close: async () => machine.stop() });
    const lines: string[] = [];
    const report = (line: string): void => void lines.push(line);
    const transport = new RosbridgeTransport(url, report, { backoffMs: 50 });
    const driver = new Ros2Driver({
      spec: ARM,
      config: { ...ARM_CONFIG, settings: { repeatMs: 5 } },
      transport,
      clock: new RealtimeClock(),
      report,
      wallMs: Date.now,
    });
    open.push(driver);
    await driver.open();
    await driver.read();
    return { driver, lines, machine, server, transport };
  }
  const position = (machine: MockMachine): number[] | undefined =>
    machine.motors === undefined ? undefined : [...machine.motors];

  test("a cable that is pulled ends nothing: what the machine follows is said, samples age, and they come again", async () => {
    const { driver, lines, server, transport } = await bridged();
    await driver.write(command(ARM, 0.5, 0.5, 0.5));
    await server.settled();
    server.drop();
    await expect.poll(() => transport.connected, { interval: 2, timeout: 5000 }).toBe(false);
    const before = (await driver.read()).timeNs;
    const sent = await driver.write(command(ARM, 1, 1, 1));
    expect([...sent.position]).toEqual([0.5, 0.5, 0.5]);
    await sleep(10);
    expect((await driver.read()).timeNs - before).toBeLessThan(10n * MS);
    await expect.poll(() => transport.connected, { interval: 2, timeout: 5000 }).toBe(true);
    await expect.poll(async () => (await driver.read()).timeNs > before + 20n * MS, { timeout: 5000 }).toBe(true);
    expect([...(await driver.write(command(ARM, 0.75, 1, 1))).position]).toEqual([0.75, 1, 1]);
    const told = lines.filter((line) => line.includes("commands"));
    expect(told.map((line) => line.split(": ").at(-1))).toEqual(["commands do not go out", "commands go out again"]);
  });

  test("an end state asked for while the cable is out comes about when it is in again; commands do not", async () => {
    const { driver, machine, server, transport } = await bridged();
    await driver.write(command(ARM, 0.5, 0.5, 0.5));
    await server.settled();
    server.drop();
    await expect.poll(() => transport.connected, { interval: 2, timeout: 5000 }).toBe(false);
    await driver.write(command(ARM, 1, 1, 1));
    await driver.relax("hold");
    machine.motors!.fill(-1); // whoever else commanded it meanwhile
    await expect.poll(() => position(machine), { interval: 2, timeout: 5000 }).toEqual([0.5, 0.5, 0.5]);
    expect(transport.connected).toBe(true);
  });
});

test("diagnostics say once a second what the machine does and how each topic fares", async () => {
  const settings = { ...ARM_CONFIG.settings!, diagnosticsMs: 20 };
  const { driver, said, sayJoints, start } = driven(ARM, { ...ARM_CONFIG, settings });
  const arrays = said("/diagnostics", "diagnostic_msgs/msg/DiagnosticArray");
  await start();
  await driver.write(command(ARM, 1, 2, 3));
  sayJoints([1, 2, Number.NaN]);
  await expect.poll(() => arrays.length, { timeout: 5000 }).toBeGreaterThan(1);
  const { header, status } = arrays.at(-1)!;
  expect(header.stamp).toEqual({ sec: 1_700_000_000, nanosec: 500_000_000 });
  expect(status).toEqual([
    {
      level: 0,
      name: "reverie: arm",
      message: "follows",
      hardware_id: "ROS 2 node reverie",
      values: [
        { key: "connected", value: "true" },
        { key: "commands sent", value: "1" },
        { key: "commands lost", value: "0" },
      ],
    },
    {
      level: 1,
      name: "reverie: arm: /joint_states",
      message: "/joint_states: position of wrist is not finite: NaN",
      hardware_id: "ROS 2 node reverie",
      values: [
        { key: "type", value: "sensor_msgs/msg/JointState" },
        { key: "received", value: "3" },
        { key: "refused", value: "1" },
        { key: "repeated", value: "1" },
      ],
    },
  ]);
});

test("a topic that falls silent is told of, once, and when it speaks again", async () => {
  const settings = { ...ARM_CONFIG.settings!, silentMs: 20 };
  const { driver, lines, pass, sayJoints, start } = driven(ARM, { ...ARM_CONFIG, settings });
  await start();
  await driver.read();
  pass(500);
  await expect.poll(() => lines.length, { timeout: 5000 }).toBe(1);
  await sleep(40);
  sayJoints();
  await expect.poll(() => lines.length, { timeout: 5000 }).toBe(2);
  expect(lines).toEqual([
    "/joint_states: expected a message in 20 ms, found none for 500 ms",
    "/joint_states: speaks again",
  ]);
});

test("pictures are of the newest message of their topic, by the robot's name for it", async () => {
  const { driver, header, pass, say } = driven(ARM, { ...ARM_CONFIG, images: { wrist: { topic: "/camera/image" } } });
  await driver.open();
  for (const shade of [10, 20, 30]) {
    pass(10);
    const data = new Uint8Array(4).fill(shade);
    say("/camera/image", "sensor_msgs/msg/Image", {
      header: header(),
      width: 2,
      height: 2,
      encoding: "mono8",
      is_bigendian: 0,
      step: 2,
      data,
    });
  }
  expect(driver.picture("wrist")).toEqual({ width: 2, height: 2, data: new Uint8Array(12).fill(30) });
  expect(() => driver.picture("head")).toThrow('ros2.images: expected one of wrist, found "head"');
});

test.each<[string, RobotSpec, Partial<Ros2Config>, string]>([
  [
    "a joint the robot does not have",
    ARM,
    { joints: { elbov: "elbow_joint" } },
    'expected joints of arm (shoulder, elbow, wrist), found "elbov"',
  ],
  [
    "one name for two joints",
    ARM,
    { joints: { elbow: "wrist" } },
    'each of the machine\'s joints once, found "wrist" twice',
  ],
  ["a motor the Go2 does not have", ARM, { state: { kind: "go2", topic: "/lowstate" } }, "Go2: expected one of FR_hip"],
  [
    "a speed that is no part of a Twist",
    BASE,
    { command: { kind: "twist", topic: "/cmd_vel" } },
    "expected one of linear.x, linear.y",
  ],
  [
    "an address that is none",
    ARM,
    { transport: { kind: "rosbridge", url: "robot.local" } },
    "expected an address like ws://",
  ],
  [
    "a base with odometry twice",
    BASE,
    {
      joints: { drive: "linear.x", turn: "angular.z" },
      state: { kind: "base", topic: "/odom" },
      odometry: { topic: "/odom" },
    },
    "a base has its odometry already",
  ],
])("%s is refused when the driver is made", (_, spec, parts, reason) => {
  expect(() => makeRos2Driver(spec, { ...ARM_CONFIG, ...parts }, new RealtimeClock(), () => {})).toThrow(reason);
});
