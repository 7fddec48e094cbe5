import { afterEach, expect, test, vi } from "vitest";
import type { Picture } from "../../../../drivers/camera/picture.ts";
import { PoseInlet, poseOf } from "../../../../drivers/camera/pose.ts";
import { simulationSource } from "../../../../drivers/camera/source/simulation.ts";
import type { RunningSource } from "../../../../drivers/camera/source/source.ts";
import type { CameraFaultKind } from "../../../../drivers/mock/camera-faults.ts";
import { SO101 } from "../../../../robots/so101/so101.ts";

vi.setConfig({ testTimeout: 30_000 }); // MuJoCo has to load

const [FRONT] = SO101.cameras!;
const { name, joints } = SO101.spec;
const rest = Float64Array.from(SO101.spec.restPose);
const upright = new Float64Array(joints.length);

let running: RunningSource | undefined;
afterEach(() => running?.stop());

async function started() {
  const poses = new PoseInlet();
  const pictures: { readonly picture: Picture; readonly timeNs: bigint }[] = [];
  const ends: string[] = [];
  let fault: CameraFaultKind | undefined;
  const idle = poses.draw;
  const source = simulationSource(
    {
      kind: "simulation",
      robot: { name, joints },
      model: SO101.simulation(SO101.settings),
      view: FRONT!.view,
      width: 32,
      height: 24,
      rateHz: 15,
    },
    poses,
    () => fault,
  );
  running = source({
    onPicture: (picture, timeNs) => void pictures.push({ picture, timeNs }),
    onEnd: (why) => void ends.push(why),
  });
  await expect.poll(() => poses.draw === idle, { timeout: 20_000 }).toBe(false);
  const draw = (position: Float64Array, timeNs: bigint): Uint8Array => {
    const sample = { timeNs, position, velocity: position, effort: position, sensors: {} };
    poses.draw(poseOf(sample));
    return pictures.at(-1)!.picture.data;
  };
  const breakIt = (kind: CameraFaultKind | undefined): void => {
    fault = kind;
  };
  return { pictures, ends, draw, breakIt };
}

/** Pixel values that differ by more than noise does. */
const changed = (a: Uint8Array, b: Uint8Array): number => a.filter((value, i) => Math.abs(value - b[i]!) > 4).length;

test("a pose is drawn when it comes, with its time; two pictures of one pose differ by noise, those of two by the arm", async () => {
  const { draw, pictures } = await started();
  const first = draw(rest, 7n);
  const again = draw(rest, 8n);
  const other = draw(upright, 9n);
  expect(pictures.map(({ timeNs }) => timeNs)).toEqual([7n, 8n, 9n]);
  expect(pictures[0]!.picture).toMatchObject({ width: 32, height: 24, channels: 3 });
  expect(first).not.toEqual(again);
  expect(changed(first, again)).toBe(0);
  expect(changed(first, other)).toBeGreaterThan(20);
});

test("frozen it shows one picture again and again, black none but noise, and taken away it ends", async () => {
  const camera = await started();
  const before = camera.draw(rest, 1n);
  camera.breakIt("camera-frozen");
  expect(camera.draw(upright, 2n)).toEqual(before);
  expect(camera.draw(upright, 3n)).toEqual(before);
  camera.breakIt("camera-black");
  const dark = camera.draw(upright, 4n);
  expect(Math.max(...dark)).toBeLessThan(4);
  expect(camera.draw(upright, 5n)).not.toEqual(dark);
  camera.breakIt(undefined);
  expect(changed(camera.draw(rest, 6n), before)).toBe(0);
  camera.breakIt("camera-dead");
  camera.draw(rest, 7n);
  expect(camera.ends).toEqual(["No such device: it was taken away"]);
  expect(camera.pictures).toHaveLength(6);
});
