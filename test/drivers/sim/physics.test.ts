import { expect, test } from "vitest";
import { Physics } from "../../../drivers/sim/physics.ts";

const ball = (size: string) => `<mujoco><size memory="${size}"/><worldbody>
  <body><freejoint name="ball"/><geom size="0.1" mass="1"/></body></worldbody></mujoco>`;

test("its numbers stay live when other models make MuJoCo's memory grow", async () => {
  const first = await Physics.load(ball("64K"));
  first.qpos[2] = 7;
  const others = await Promise.all(Array.from({ length: 4 }, () => Physics.load(ball("16M"))));
  expect(first.qpos[2]).toBe(7);
  first.step();
  expect(first.qpos[2]).toBeLessThan(7);
  expect(first.qvel[2]).toBeLessThan(0);
  for (const each of [first, ...others]) each.delete();
});

test("a NaN stays to be found instead of starting the simulation over", async () => {
  const physics = await Physics.load(ball("64K"));
  for (let i = 0; i < 10; i++) physics.step();
  expect(() => physics.assertSane()).not.toThrow();
  physics.qpos[2] = Number.NaN;
  for (let i = 0; i < 10; i++) physics.step();
  expect(() => physics.assertSane()).toThrow(/diverged/);
  physics.delete();
});

test("a broken model is refused with MuJoCo's reason", async () => {
  await expect(Physics.load("<mujoco><wheel/></mujoco>")).rejects.toThrow(/wheel/);
});

test("a state of another size is refused before it reaches MuJoCo", async () => {
  const physics = await Physics.load(ball("64K"));
  expect(() => physics.setState(new Float64Array(3))).toThrow(/found 3/);
  physics.delete();
});
