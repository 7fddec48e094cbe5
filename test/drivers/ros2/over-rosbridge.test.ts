import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { Graph } from "../../../drivers/ros2/mock/graph.ts";
import { MockMachine } from "../../../drivers/ros2/mock/machine.ts";
import { RosbridgeServer } from "../../../drivers/ros2/mock/rosbridge-server.ts";
import { Ros2Driver } from "../../../drivers/ros2/ros2-driver.ts";
import { RosbridgeTransport } from "../../../drivers/ros2/rosbridge/carrier.ts";
import { RealtimeClock } from "../../../runtime/clock.ts";
import { ARM_CONFIG, command, MS, open } from "./driven.ts";
import { ARM } from "./robots.ts";

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

  /** Its cable is out, it was told to move on, then to hold; somebody moved it to there meanwhile; and the cable is in again. */
  async function heldAfter(there: readonly number[]) {
    const { driver, lines, machine, server, transport } = await bridged();
    await driver.write(command(ARM, 0.5, 0.5, 0.5));
    await server.settled();
    server.drop();
    await expect.poll(() => transport.connected, { interval: 2, timeout: 5000 }).toBe(false);
    await driver.write(command(ARM, 1, 1, 1));
    await driver.relax("hold");
    machine.motors!.set(there);
    await expect.poll(() => transport.connected, { interval: 2, timeout: 5000 }).toBe(true);
    return { machine, lines };
  }

  test("an end state asked for while the cable is out comes about when it is in again; commands do not", async () => {
    const { machine } = await heldAfter([0.45, 0.5, 0.5]);
    await expect.poll(() => position(machine), { interval: 2, timeout: 5000 }).toEqual([0.5, 0.5, 0.5]);
  });

  test("who moved it meanwhile does not see it jump back: it is held where it is then", async () => {
    const { machine, lines } = await heldAfter([-1, 0.5, 0.5]);
    await expect.poll(() => lines.join("\n"), { interval: 2, timeout: 5000 }).toContain("held where it is now");
    await sleep(30);
    expect(position(machine)![0]).toBeLessThan(-0.9); // on its way there still when it was measured
  });
});
