import { describe, expect, test } from "vitest";
import { ARM_CONFIG, driven } from "./driven.ts";
import { ARM } from "./robots.ts";

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
