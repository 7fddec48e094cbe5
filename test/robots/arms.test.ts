import { describe, expect, test } from "vitest";
import { Physics } from "../../drivers/sim/physics.ts";
import { SimDriver } from "../../drivers/sim/sim-driver.ts";
import { mapAction } from "../../robots/arm/action.ts";
import { places } from "../../robots/arm/chain.ts";
import { goalAt } from "../../robots/arm/reach-task.ts";
import { UR5, UR5_REACH } from "../../robots/ur5/ur5.ts";
import { XARM, XARM_REACH } from "../../robots/xarm/xarm.ts";
import { VirtualClock } from "../../runtime/clock.ts";
import { assertLimits } from "../../runtime/governor/limit-checks.ts";
import { Motion } from "../../runtime/governor/motion.ts";
import { Random } from "../../runtime/random.ts";
import type { Sample } from "../../runtime/robot.ts";
import { draws, fc } from "../properties.ts";

// Worked by hand from the makers' lengths.
test.each([
  { robot: UR5_REACH, q: [0, 0, 0, 0, 0, 0], tip: [0.81725, 0.19145, -0.00549], is: "UR5 stretched forward" },
  { robot: UR5_REACH, q: [0, -Math.PI / 2, 0, -Math.PI / 2, 0, 0], tip: [0, 0.19145, 1.00106], is: "UR5 straight up" },
  { robot: UR5_REACH, q: [Math.PI / 2, 0, 0, 0, 0, 0], tip: [-0.19145, 0.81725, -0.00549], is: "UR5 to the left" },
  { robot: XARM_REACH, q: [0, 0, 0, 0, 0, 0], tip: [0.207, 0, 0.112], is: "xArm at its zero" },
  { robot: XARM_REACH, q: [0, Math.PI / 2, 0, 0, 0, 0], tip: [-0.155, 0, 0.06], is: "xArm, upper arm level" },
])("$is: the flange is at $tip", ({ robot, q, tip }) => {
  places(robot.chain, q)
    .at(-1)!
    .forEach((x, axis) => {
      expect(x).toBeCloseTo(tip[axis]!, 5);
    });
});

describe.each([
  { robot: UR5, reach: UR5_REACH, clearance: 0.12 },
  { robot: XARM, reach: XARM_REACH, clearance: 0.14 },
])("$robot.spec.name", ({ robot, reach, clearance }) => {
  const { spec, settings } = robot;
  const task = robot.task(settings);
  /** The extremes of a range rather often: an arm comes lowest there. */
  const number = fc.oneof(fc.constantFrom(-1, 1), fc.double({ min: -1, max: 1, noNaN: true }));
  const anyAction = fc.array(number, { minLength: 6, maxLength: 6 });
  const target = (action: readonly number[]): Float64Array => {
    const out = new Float64Array(6);
    mapAction(reach, action, out);
    return out;
  };

  test("its limits hold together", () => assertLimits(spec, task));

  test("every part is where the model has it", async () => {
    const physics = await Physics.load(robot.simulation(settings).xml);
    const random = new Random(0, "poses");
    for (let k = 0; k < 20; k++) {
      const q = spec.joints.map(({ min, max }) => min + random.uniform() * (max - min));
      for (const [i, { name }] of spec.joints.entries()) physics.qpos[physics.joint(name).qpos] = q[i]!;
      physics.place();
      const found = places(reach.chain, q);
      for (const [i, { name }] of spec.joints.entries()) {
        const { position } = physics.bodyPose(physics.body(name));
        for (const axis of [0, 1, 2]) expect(found[i]![axis]).toBeCloseTo(position[axis]!, 6);
      }
    }
    physics.delete();
  });

  test("no action, and so no way from one to another, brings elbow, wrist or flange near the table", () => {
    fc.assert(
      fc.property(anyAction, (action) => {
        const q = target(action);
        for (const [, , z] of places(reach.chain, q).slice(2)) expect(z).toBeGreaterThan(clearance);
        reach.used.forEach(([low, high], i) => {
          expect(q[i]).toBeGreaterThanOrEqual(low - 1e-12);
          expect(q[i]).toBeLessThanOrEqual(high + 1e-12);
        });
      }),
      { numRuns: draws(2000) },
    );
  });

  test("NaN stays NaN, for the limits behind it to refuse", () => {
    expect([...target([Number.NaN, 0, 0, 0, 0, 0])][0]).toBeNaN();
  });

  test("goals can be reached, are above the table, in the watched workspace, and the same whenever asked", () => {
    const { workspace } = spec.watch;
    for (let i = 0; i < 100; i++) {
      const goal = goalAt(reach, 1, i);
      expect(goalAt(reach, 1, i)).toEqual(goal);
      for (const axis of [0, 1, 2]) {
        expect(goal[axis]).toBeGreaterThan(workspace!.min[axis]!);
        expect(goal[axis]).toBeLessThan(workspace!.max[axis]!);
      }
    }
  });

  test("the reward is full at the goal and falls with the distance; another goal comes after a while", () => {
    const at = (q: ArrayLike<number>, seconds = 0): Sample => ({
      timeNs: BigInt(Math.round(seconds * 1e9)),
      position: Float64Array.from(q),
      velocity: new Float64Array(6),
      effort: new Float64Array(6),
      sensors: {},
    });
    const distance = (q: ArrayLike<number>): number => Math.hypot(...task.observe(at(q)).arm!.slice(12));
    const random = new Random(0, "search");
    const poses = Array.from({ length: 300 }, () => target(Array.from({ length: 6 }, () => 2 * random.uniform() - 1)));
    poses.sort((a, b) => distance(a) - distance(b));
    expect(task.reward(at(poses[0]!))).toBeGreaterThan(5);
    expect(task.reward(at(poses.at(-1)!))).toBeLessThan(1);
    for (let i = 1; i < poses.length; i++) {
      expect(task.reward(at(poses[i]!))).toBeLessThanOrEqual(task.reward(at(poses[i - 1]!)) + 1e-6);
    }
    const seen = (seconds: number) => task.observe(at(spec.restPose, seconds)).arm;
    expect(seen(5.9)).toEqual(seen(0.1));
    expect(seen(6.1)).not.toEqual(seen(0.1));
  });

  test("driven wildly through the limits, it stays in the watched workspace", async () => {
    const { workspace } = spec.watch;
    const clock = new VirtualClock();
    const driver = new SimDriver(spec, robot.simulation(settings), clock, { commandTimeoutMs: 0 });
    await driver.open();
    const motion = new Motion(spec, task);
    const random = new Random(0, "wild");
    let sample = await driver.read();
    motion.seed(sample.position);
    let action = new Float32Array(6);
    for (let tick = 0; tick < 400; tick++) {
      if (tick % 10 === 0) action = Float32Array.from({ length: 6 }, () => (random.uniform() < 0.5 ? -1 : 1));
      motion.head(action, 0);
      for (let slot = 0; slot < spec.servoRateHz / spec.policyRateHz; slot++) {
        await driver.write(motion.command(slot, sample.position, sample.velocity));
        await clock.sleepUntil(clock.now() + BigInt(1e9 / spec.servoRateHz));
        sample = await driver.read();
      }
      workspace!.of(sample.position).forEach((x, axis) => {
        expect(x).toBeGreaterThan(workspace!.min[axis]!);
        expect(x).toBeLessThan(workspace!.max[axis]!);
      });
    }
    await driver.close();
  }, 20_000);

  test("its simulated servos hold it at its rest pose, and take it to a target at less than the speed limit", async () => {
    const clock = new VirtualClock();
    const driver = new SimDriver(spec, robot.simulation(settings), clock, { commandTimeoutMs: 0 });
    await driver.open();
    const gains = (of: "kp" | "kd") => Float64Array.from(spec.joints, (joint) => joint[of]);
    for (const position of [Float64Array.from(spec.restPose), target([0.5, 0.2, 0, 0.4, 0.1, 0.7])]) {
      await driver.write({ position, kp: gains("kp"), kd: gains("kd") });
      for (let i = 0; i < 150; i++) {
        const { velocity } = await driver.read();
        expect(Math.max(...velocity.map(Math.abs))).toBeLessThan(1.2);
        await clock.sleepUntil(clock.now() + 40_000_000n);
      }
      const sample = await driver.read();
      spec.joints.forEach((_, i) => {
        expect(Math.abs(sample.position[i]! - position[i]!)).toBeLessThan(0.03);
      });
    }
    await driver.close();
  });
});
