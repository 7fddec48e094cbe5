import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { Graph } from "../../../drivers/ros2/mock/graph.ts";
import { MockMachine } from "../../../drivers/ros2/mock/machine.ts";
import { RosbridgeServer } from "../../../drivers/ros2/mock/rosbridge-server.ts";
import { Ros2Driver } from "../../../drivers/ros2/ros2-driver.ts";
import { RosbridgeTransport } from "../../../drivers/ros2/rosbridge/carrier.ts";
import { RealtimeClock } from "../../../runtime/clock.ts";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import type { Task } from "../../../runtime/task.ts";
import { rig } from "../../runtime/governor/fakes.ts";
import { ARM } from "./robots.ts";

const task: Task = {
  name: "wave",
  observation: [{ name: "arm", dtype: "float32", shape: [3], units: ["rad", "rad", "rad"] }],
  action: ARM.joints.map(({ name }) => name),
  windowSteps: 10,
  rewardOffset: 0,
  canTerminate: false,
  filterHz: 0,
  maxPositionError: Number.POSITIVE_INFINITY,
  mapAction: (action, out) => {
    for (let i = 0; i < out.length; i++) out[i] = action[i]!;
  },
  observe: ({ position }) => ({ arm: Float32Array.from(position) }),
  reward: () => 0,
  isTerminal: () => false,
  stage: () => "waving",
};

test("a governed arm over rosbridge: bad messages, silence and a pulled cable are each a hold that is over by itself", async () => {
  const graph = new Graph();
  const server = new RosbridgeServer(graph);
  const now = (): bigint => process.hrtime.bigint();
  const names = ARM.joints.map(({ name }) => name);
  const machine = new MockMachine(graph, { spec: ARM, names, kind: "forward", rateHz: 200, now });
  machine.start();
  const clock = new RealtimeClock();
  const told: string[] = [];
  const transport = new RosbridgeTransport(await server.listen(), (line) => told.push(line), { backoffMs: 20 });
  const driver = new Ros2Driver({
    spec: { ...ARM, watch: { ...ARM.watch, sampleAge: 0.3 } },
    config: {
      transport: { kind: "rclnodejs" },
      state: { kind: "joint-states", topic: "/joint_states" },
      command: { kind: "forward", topic: "/forward/commands" },
    },
    transport,
    clock,
    report: (line) => told.push(line),
    wallMs: Date.now,
  });
  const { governor, notes, runFor } = rig(
    ({ tick }, inbox) => {
      const action = Float32Array.of(0.5, -0.5, 0.25);
      setImmediate(() => inbox.deliver({ tick, action, policyVersion: 1, surprise: 0 }));
    },
    {
      spec: { ...ARM, watch: { ...ARM.watch, sampleAge: 0.3 } },
      task,
      driver,
      clock,
      settings: { ...RUNTIME_DEFAULTS.governor, starvedTicksToHold: 10_000 },
    },
  );
  const running = runFor(Number.POSITIVE_INFINITY);
  const reaches = (state: string): Promise<void> =>
    expect.poll(() => governor.status.state, { interval: 5, timeout: 10_000 }).toBe(state);
  try {
    await reaches("engaged");
    await expect.poll(() => machine.position[0]!, { timeout: 10_000 }).toBeGreaterThan(0.45);
    for (const trouble of ["NaN", "a missing joint", "silence", "the cable"]) {
      const before = notes.length;
      if (trouble === "NaN") machine.distort = (state) => ({ ...state, position: state.position.fill(Number.NaN) });
      else if (trouble === "a missing joint")
        machine.distort = (state) => ({ ...state, name: ["shoulder", "elbow", "thumb"] });
      else if (trouble === "silence") machine.distort = () => undefined;
      else server.refuse(true);
      await expect
        .poll(() => notes.slice(before).join("\n"), { interval: 5, timeout: 10_000, message: trouble })
        .toMatch(/held: sample: expected a sample of at most 0.3 s/);
      await sleep(20);
      expect([...machine.motors!]).toEqual([0.5, -0.5, 0.25].map(Math.fround));
      machine.distort = (state) => state;
      server.refuse(false);
      await reaches("engaged");
    }
    expect(told.join("\n")).toMatch(/position of shoulder is not finite: NaN; refused/);
    expect(told.join("\n")).toMatch(/expected the joints wrist, found only shoulder, elbow, thumb; refused/);
  } finally {
    governor.order({ type: "estop", from: "the test" });
    await reaches("estop");
    await Promise.race([running, sleep(0)]);
    await driver.close();
    await running.catch(() => {});
    machine.stop();
    await server.close();
  }
}, 60_000);
