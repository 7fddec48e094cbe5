import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { boundsOf } from "../../../../drivers/sim/camera/bounds.ts";
import { Camera } from "../../../../drivers/sim/camera/camera.ts";
import { LOOK } from "../../../../drivers/sim/camera/look.ts";
import type { Geom } from "../../../../drivers/sim/camera/scene.ts";
import { INTERSECT, normalAt } from "../../../../drivers/sim/camera/shapes.ts";
import { type CameraSpec, viewpoint } from "../../../../drivers/sim/camera/viewpoint.ts";
import { Physics } from "../../../../drivers/sim/physics.ts";
import { SimDriver } from "../../../../drivers/sim/sim-driver.ts";
import { A1 } from "../../../../robots/a1/a1.ts";
import { VirtualClock } from "../../../../runtime/clock.ts";

const EYE = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const BALL: Geom = { shape: "sphere", size: [0.5, 0, 0], rgba: [1, 0.5, 0.25, 1] };
const FLOOR: Geom = { shape: "plane", size: [0, 0, 1], rgba: [0.5, 0.5, 0.5, 1] };
const scene = (...at: readonly (readonly number[])[]) => ({
  positions: Float64Array.from(at.flat()),
  rotations: Float64Array.from(at.flatMap(() => EYE)),
});
const LOOKING_DOWN: CameraSpec = { position: [0, 0, 3], target: [0, 0, 0], fieldOfView: 60 };

async function a1(start = "standing") {
  const model = A1.simulation({ ...A1.settings, start });
  const clock = new VirtualClock();
  const driver = new SimDriver(A1.spec, model, clock);
  await driver.open();
  await driver.read();
  return { driver, clock, spec: model.camera! };
}

describe("a picture", () => {
  test("of these shapes is these bytes, plain and with shadows and antialiasing", async () => {
    const physics = await Physics.load(`<mujoco><worldbody>
      <geom type="plane" size="0 0 1" rgba="0.6 0.6 0.7 1"/>
      <geom type="sphere" size="0.2" pos="0.3 0.2 0.4" rgba="1 0 0 1"/>
      <geom type="box" size="0.1 0.3 0.2" pos="-0.4 0.1 0.5" euler="30 50 20" rgba="0 1 0 1"/>
      <geom type="capsule" size="0.1 0.3" pos="0.2 -0.5 0.4" euler="70 20 0" rgba="0 0 1 1"/>
      <geom type="cylinder" size="0.2 0.15" pos="0.6 0.6 0.3" euler="60 0 40" rgba="1 1 0 1"/>
    </worldbody></mujoco>`);
    physics.place();
    const view = viewpoint({ position: [1.5, -1.8, 1.4], target: [0, 0, 0.3], fieldOfView: 50 }, undefined);
    const hash = (shadows: boolean, antialias: boolean) => {
      const camera = new Camera(physics.geoms(), { width: 32, height: 24, shadows, antialias });
      return createHash("sha256").update(camera.take(view, physics.poses())).digest("hex").slice(0, 16);
    };
    expect([hash(false, false), hash(true, true)]).toEqual(["d8b915f2fca0753f", "465717405c454b0c"]);
    physics.delete();
  });

  test("has the geom's own colour where it faces the light, and the sky where nothing is", () => {
    const look = { ...LOOK, light: [0, 0, 1] as const };
    const camera = new Camera([BALL], { width: 33, height: 33, look });
    const picture = camera.take(viewpoint(LOOKING_DOWN, undefined), scene([0, 0, 0]));
    const pixel = (x: number, y: number) => [...picture.subarray(3 * (33 * y + x), 3 * (33 * y + x) + 3)];
    expect(pixel(16, 16)).toEqual([255, 128, 64]);
    expect(pixel(0, 0)).toEqual(LOOK.sky.map((value) => Math.round(255 * value)));
  });

  test("has hard shadows where a thing stands in the light, and only when asked for", () => {
    const look = { ...LOOK, light: [1, 0, 1] as const, squareContrast: 0, hazeFrom: 90, hazeTo: 99 };
    const take = (shadows: boolean) =>
      new Camera([FLOOR, BALL], { width: 61, height: 61, look, shadows }).take(
        viewpoint(LOOKING_DOWN, undefined),
        scene([0, 0, 0], [0, 0, 1]),
      );
    // Looking down with the picture's top along x: the shadow of a ball 1 m up lies 1 m towards −x, below the middle.
    const at = 3 * (61 * Math.round(30 + (61 / 2) * (1 / (3 * Math.tan(Math.PI / 6)))) + 30);
    const lit = (LOOK.ambient + (1 - LOOK.ambient) * Math.SQRT1_2) * 0.5;
    expect(take(false)[at]).toBe(Math.round(255 * lit));
    expect(take(true)[at]).toBe(Math.round(255 * 0.5 * LOOK.shade));
    expect(take(true)[0]).toBe(take(false)[0]);
  });

  test("cannot be of no size", () => {
    expect(() => new Camera([], { width: 0, height: 4 })).toThrow("expected whole sizes from 1 up, found 0");
  });
});

describe("the machine", () => {
  test("does not notice that it is looked at", async () => {
    const snapshots: Uint8Array[] = [];
    for (const looked of [false, true]) {
      const { driver, clock, spec } = await a1("random");
      const picture = driver.camera(spec, { width: 8, height: 8 });
      for (let i = 0; i < 20; i++) {
        if (looked) picture();
        await clock.sleepUntil(clock.now() + 10_000_000n);
        await driver.read();
      }
      snapshots.push(driver.snapshot());
      await driver.close();
    }
    expect(snapshots[0]).toEqual(snapshots[1]);
  });

  test("is seen at once after a start, and where it moved to after that", async () => {
    const { driver, clock, spec } = await a1("back");
    const picture = driver.camera(spec, { width: 32, height: 24 });
    const first = picture().slice();
    expect(new Set(first).size).toBeGreaterThan(10);
    await clock.sleepUntil(clock.now() + 500_000_000n);
    await driver.read();
    expect(picture()).not.toEqual(first);
    await driver.close();
    expect(() => driver.camera(spec, { width: 8, height: 8 })).toThrow("not open");
  });

  test("has no body of another name", async () => {
    const { driver, spec } = await a1();
    expect(() => driver.camera({ ...spec, body: "head" }, { width: 8, height: 8 })).toThrow('no body "head"');
    await driver.close();
  });
});

describe("a camera", () => {
  const body = { position: [2, 3, 0.5], rotation: [0, -1, 0, 1, 0, 0, 0, 0, 1] }; // a quarter turn to the left
  const from = (camera: Partial<CameraSpec>) =>
    viewpoint({ position: [1, 0, 1], target: [0, 0, 1], fieldOfView: 90, ...camera }, body);

  test("that tracks a body keeps its height and the world's axes", () => {
    const { origin, forward, up, right } = from({ follows: "tracking" });
    expect(origin).toEqual([3, 3, 1]);
    expect(forward).toEqual([-1, 0, 0]);
    expect(up).toEqual([0, 0, 1]);
    expect(right.map((value) => value + 0)).toEqual([0, 1, 0]);
  });

  test("that is mounted on a body turns with it", () => {
    const { origin, forward } = from({ follows: "mounted" });
    expect(origin).toEqual([2, 4, 1.5]);
    expect(forward).toEqual([0, -1, 0]);
  });

  test("must look somewhere", () => {
    expect(() => from({ target: [1, 0, 1] })).toThrow("found a target where the camera stands");
    expect(() => from({ fieldOfView: 180 })).toThrow("found 180");
  });
});

test("the bounds of a ball hold every pixel that sees it, and hardly more", () => {
  const view = viewpoint({ position: [0, -2, 0.7], target: [0.4, 0, 0], fieldOfView: 70 }, undefined);
  for (const [x, y, z, radius] of [
    [0, 0, 0, 0.2],
    [1.2, 0.5, 0.3, 0.4],
    [-0.4, 3, 1, 0.7],
  ] as const) {
    const [width, height] = [80, 60];
    const seen = { x0: width, y0: height, x1: 0, y1: 0 };
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const u = ((2 * (column + 0.5) - width) / height) * view.tangent;
        const v = (1 - (2 * (row + 0.5)) / height) * view.tangent;
        const d = [0, 1, 2].map((i) => view.forward[i]! + u * view.right[i]! + v * view.up[i]!);
        const [ox, oy, oz] = [view.origin[0] - x, view.origin[1] - y, view.origin[2] - z];
        if (INTERSECT.sphere([radius, 0, 0], ox, oy, oz, d[0]!, d[1]!, d[2]!) === Number.POSITIVE_INFINITY) continue;
        seen.x0 = Math.min(seen.x0, column);
        seen.x1 = Math.max(seen.x1, column + 1);
        seen.y0 = Math.min(seen.y0, row);
        seen.y1 = Math.max(seen.y1, row + 1);
      }
    }
    const bounds = boundsOf(view, width, height, x, y, z, radius)!;
    for (const side of ["x0", "y0", "x1", "y1"] as const) {
      const slack = side.endsWith("0") ? seen[side] - bounds[side] : bounds[side] - seen[side];
      expect(slack, `${side} of ${x}`).toBeGreaterThanOrEqual(0);
      expect(slack, `${side} of ${x}`).toBeLessThanOrEqual(2);
    }
  }
  expect(boundsOf(view, 80, 60, 0, -9, 0, 1)).toBeUndefined();
});

test.each([
  ["box", [1, 2, 3], [0.5, 0.2, 3], [0, 0, 1]],
  ["box", [1, 2, 3], [-1, 0.2, 1], [-1, 0, 0]],
  ["cylinder", [1, 2, 0], [0.5, 0, 2], [0, 0, 1]],
  ["cylinder", [1, 2, 0], [0, -1, 1], [0, -1, 0]],
  ["capsule", [1, 2, 0], [0, 0, -3], [0, 0, -1]],
  ["capsule", [1, 2, 0], [1, 0, 1.5], [1, 0, 0]],
  ["sphere", [2, 0, 0], [0, 2, 0], [0, 1, 0]],
] as const)("a %s of %j has at %j the normal %j", (shape, size, [x, y, z], normal) => {
  const out = new Float64Array(3);
  normalAt(shape, size, x, y, z, out);
  expect([...out].map((value) => value + 0)).toEqual(normal);
});

test("a ray along an axis of a box meets it", () => {
  expect(INTERSECT.box([1, 2, 3], -5, 0, 0, 1, 0, 0)).toBe(4);
  expect(INTERSECT.box([1, 2, 3], -5, 2.5, 0, 1, 0, 0)).toBe(Number.POSITIVE_INFINITY);
});
