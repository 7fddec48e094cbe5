import loadMujoco from "@mujoco/mujoco";
import { expect, test } from "vitest";
import { RayCaster } from "../../../../drivers/sim/camera/ray-caster.ts";
import { type Vector, viewpoint } from "../../../../drivers/sim/camera/viewpoint.ts";
import { Physics } from "../../../../drivers/sim/physics.ts";
import { a1Mjcf } from "../../../../robots/a1/mjcf.ts";
import { startPose } from "../../../../robots/a1/start.ts";

/** Every shape, turned, some cut off by the picture, one seen from inside, one unseen. */
const SHAPES = `<mujoco><worldbody>
  <geom type="plane" size="2 1.5 1" euler="3 -4 10"/>
  <geom type="sphere" size="0.3" pos="0.3 0.2 0.4"/>
  <geom type="box" size="0.1 0.3 0.2" pos="-0.6 0.1 0.5" euler="30 50 20"/>
  <geom type="capsule" size="0.1 0.3" pos="0.2 -0.7 0.6" euler="70 20 0"/>
  <geom type="cylinder" size="0.2 0.15" pos="0.9 0.6 0.3" euler="60 0 40"/>
  <geom type="cylinder" size="0.1 0.5" pos="-0.9 -0.9 0.4" euler="0 0 0"/>
  <geom type="box" size="3 3 3" pos="0.1 0 2"/>
  <geom type="sphere" size="0.2" pos="0 0 1" rgba="1 1 1 0"/>
</worldbody></mujoco>`;

const mujoco = await loadMujoco();
const A1_XML = a1Mjcf({ footFriction: 0.8 });
const SIZE = 64;

test.each<[string, string, readonly number[], Vector, Vector]>([
  ["a1 standing, from the side", A1_XML, startPose("standing", 0), [1, -1.2, 0.5], [0, 0, 0.2]],
  ["a1 standing, close by", A1_XML, startPose("standing", 0), [0.3, 0.1, 0.25], [0, 0, 0.2]],
  ["a1 on its back, from above", A1_XML, startPose("back", 0), [0, 0, 1], [0, 0, 0]],
  ["a1 dropped", A1_XML, startPose("random", 3), [-0.7, 0.6, 0.3], [0, 0, 0.3]],
  ["every shape, from above", SHAPES, [], [0.2, -0.3, 3.2], [0, 0, 0]],
  ["every shape, from among them", SHAPES, [], [1.6, -1.2, 0.7], [0, 0, 0.4]],
])("%s: each pixel sees what a ray of MuJoCo's hits, as far away", async (_, xml, qpos, position, target) => {
  const physics = await Physics.load(xml);
  physics.qpos.set(qpos);
  physics.place();
  const view = viewpoint({ position, target, fieldOfView: 50 }, undefined);
  const caster = new RayCaster(physics.geoms(), SIZE, SIZE);
  caster.cast(view, physics.poses());
  physics.delete();

  const expected = mujocoRays(xml, qpos, view, SIZE);
  let same = 0;
  for (let i = 0; i < SIZE * SIZE; i++) {
    if (caster.ids[i] !== expected.ids[i]) continue;
    same++;
    if (caster.ids[i]! >= 0) expect(Math.abs(caster.depths[i]! - expected.depths[i]!)).toBeLessThan(1e-6);
  }
  expect(same / SIZE ** 2).toBeGreaterThanOrEqual(0.999);
  expect(new Set(caster.ids).size).toBeGreaterThan(4);
});

/**
 * Geom and depth of every pixel by mj_ray. (mj_multiRay leaves out hits at the edges of what it skips: 1 % of the pixels
 * of the A1 seen from above.) Its out-parameters must be MuJoCo's own buffers.
 */
function mujocoRays(xml: string, qpos: readonly number[], view: ReturnType<typeof viewpoint>, size: number) {
  const model = mujoco.MjModel.from_xml_string(xml);
  const data = new mujoco.MjData(model);
  data.qpos.set(qpos);
  mujoco.mj_forward(model, data);
  const { origin, right, up, forward, tangent } = view;
  const ids = new Int32Array(size * size);
  const depths = new Float64Array(size * size);
  const id = new mujoco.IntBuffer(1);
  const normal = new mujoco.DoubleBuffer(3);
  const groups = [1, 1, 1, 1, 1, 1];
  for (let pixel = 0; pixel < ids.length; pixel++) {
    const u = ((2 * ((pixel % size) + 0.5)) / size - 1) * tangent;
    const v = (1 - (2 * (Math.floor(pixel / size) + 0.5)) / size) * tangent;
    const ray = [0, 1, 2].map((i) => forward[i]! + u * right[i]! + v * up[i]!);
    const length = Math.hypot(...ray);
    const towards = ray.map((x) => x / length);
    depths[pixel] = mujoco.mj_ray(model, data, [...origin], towards, groups, true, -1, id, normal) / length;
    ids[pixel] = id.GetView()[0];
  }
  for (const each of [id, normal, data, model]) each.delete();
  return { ids, depths };
}
