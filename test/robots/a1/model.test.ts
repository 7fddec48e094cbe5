import loadMujoco, { type MjData, type MjModel } from "@mujoco/mujoco";
import { afterAll, describe, expect, test } from "vitest";
import { SimDriver } from "../../../drivers/sim/sim-driver.ts";
import { A1 } from "../../../robots/a1/a1.ts";
import { a1Mjcf } from "../../../robots/a1/mjcf.ts";
import { VirtualClock } from "../../../runtime/clock.ts";

const mujoco = await loadMujoco();
const model: MjModel = mujoco.MjModel.from_xml_string(a1Mjcf({ footFriction: 0.8 }));
const data: MjData = new mujoco.MjData(model);
afterAll(() => {
  data.delete();
  model.delete();
});

/** Foot in the frame of its hip, m, when the trunk is level. */
function foot(leg: string, angles: readonly number[]): number[] {
  mujoco.mj_resetData(model, data);
  ["abduction", "thigh", "calf"].forEach((joint, i) => {
    const id = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT.value, `${leg}_${joint}`);
    data.qpos[model.jnt_qposadr[id]] = angles[i];
  });
  mujoco.mj_kinematics(model, data);
  const at = (body: string): Float64Array => {
    const id = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_BODY.value, body);
    return data.xpos.slice(3 * id, 3 * id + 3);
  };
  const hip = at(`${leg}_hip`);
  return [...at(`${leg}_foot`)].map((x, i) => x - hip[i]!);
}

// x = −L sin e, z = −L cos e with L = √(0.08 + 0.08 cos calf), e = thigh + calf/2; then turned by the abduction.
test.each([
  { leg: "FL", angles: [0, 0.9, -1.8], at: [0, 0.08505, -0.248644] },
  { leg: "RL", angles: [0, 0.869174, -1.628392], at: [-0.015088, 0.08505, -0.274166] },
  { leg: "FL", angles: [0, 1.335177, -2.153562], at: [-0.048465, 0.08505, -0.183369] },
  { leg: "FR", angles: [0.2, 0.9, -1.8], at: [0, -0.033957, -0.260584] },
])("the $leg foot at angles $angles", ({ leg, angles, at }) => {
  foot(leg, angles).forEach((x, i) => {
    expect(x).toBeCloseTo(at[i]!, 5);
  });
});

test("it weighs what the A1 weighs, the same left and right", () => {
  const masses: Float64Array = model.body_mass;
  expect(masses.reduce((sum, mass) => sum + mass, 0)).toBeCloseTo(12.453, 3);
  mujoco.mj_resetData(model, data);
  mujoco.mj_forward(model, data);
  const y: number = data.subtree_com[4];
  expect(Math.abs(y - (4.713 * 0.002186) / 12.453)).toBeLessThan(1e-9);
});

test("its joint limits are the spec's", () => {
  for (const { name, min, max } of A1.spec.joints) {
    const id = mujoco.mj_name2id(model, mujoco.mjtObj.mjOBJ_JOINT.value, name);
    expect([...model.jnt_range.slice(2 * id, 2 * id + 2)]).toEqual([min, max]);
  }
});

describe("left alone for three seconds", () => {
  /** Holds `leg` (limp when undefined) and tells height, m, reward and stage at the end. */
  async function settle(start: string, leg?: readonly number[]) {
    const settings = { ...A1.settings, start };
    const task = A1.task(settings);
    const clock = new VirtualClock();
    const driver = new SimDriver(A1.spec, A1.simulation(settings), clock, { commandTimeoutMs: 0 });
    await driver.open();
    if (leg !== undefined) {
      await driver.write({
        position: Float64Array.from([...leg, ...leg, ...leg, ...leg]),
        kp: Float64Array.from(A1.spec.joints, (joint) => joint.kp),
        kd: Float64Array.from(A1.spec.joints, (joint) => joint.kd),
      });
    }
    for (let i = 0; i < 60; i++) {
      await driver.read();
      await clock.sleepUntil(clock.now() + 50_000_000n);
    }
    const sample = await driver.read();
    const speed = Math.max(...sample.velocity.map(Math.abs));
    const end = { height: sample.sensors.position![2]!, reward: task.reward(sample), stage: task.stage(sample), speed };
    await driver.close();
    return end;
  }

  // The box on the back keeps it from lying quite flat: 5.00 would be without.
  test.each([{ leg: undefined }, { leg: [0, 0.9, -1.8] }])("it stays on its back ($leg)", async ({ leg }) => {
    const { reward, stage, speed } = await settle("back", leg);
    expect(reward).toBeGreaterThan(5);
    expect(reward).toBeLessThan(5.05);
    expect(stage).toBe("on its back");
    expect(speed).toBeLessThan(0.1);
  });

  test("it stands at home, and higher at the reward's stand", async () => {
    const home = await settle("standing", [0, 0.9, -1.8]);
    expect(home.height).toBeGreaterThan(0.25);
    expect(home.height).toBeLessThan(0.265);
    expect(home.reward).toBeGreaterThan(8.72);
    expect(home.reward).toBeLessThan(8.83);
    expect(home.stage).toBe("standing");
    const stand = await settle("standing", [0, 0.869174, -1.628392]);
    expect(stand.height).toBeCloseTo(0.286, 2);
    expect(stand.reward).toBeGreaterThan(8.9);
    expect(stand.reward).toBeLessThan(9);
  });

  test("it stands up from its belly", async () => {
    const { stage, height } = await settle("belly", [0, 0.9, -1.8]);
    expect(stage).toBe("standing");
    expect(height).toBeGreaterThan(0.24);
  });

  test("without a command it lies on its belly", async () => {
    const { stage, height } = await settle("belly");
    expect(stage).toBe("rolled over");
    expect(height).toBeLessThan(0.12);
  });
});

test("random starts differ by their seed and repeat with it", () => {
  const start = (seed: number) => A1.simulation({ ...A1.settings, start: "random", seed }).start;
  expect(start(3)).toEqual(start(3));
  expect(start(3)).not.toEqual(start(4));
  const quaternion = start(3).slice(3, 7);
  expect(Math.hypot(...quaternion)).toBeCloseTo(1, 12);
});
