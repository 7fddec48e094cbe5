import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { MockMachine } from "../../../drivers/ros2/mock/machine.ts";
import { ARM_CONFIG, command, driven, open } from "./driven.ts";
import { ARM } from "./robots.ts";

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
