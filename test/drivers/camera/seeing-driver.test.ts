import { expect, test } from "vitest";
import { type Camera, NO_COUNTS } from "../../../drivers/camera/camera.ts";
import { SeeingDriver } from "../../../drivers/camera/seeing-driver.ts";
import type { Driver, Image, Sample } from "../../../runtime/robot.ts";

function rig({ closing = async () => {} }: { closing?: () => Promise<void> } = {}) {
  const said: string[] = [];
  const camera = (name: string): Camera => ({
    name,
    shape: [1, 1, 1],
    open: async () => void said.push(`open ${name}`),
    newest: (): Image => ({
      frame: Uint8Array.of(7),
      shape: [1, 1, 1],
      timeNs: 5n,
      sequence: 3,
      health: { age: 0.1, frozenFor: 0, rate: 30, brightness: 7 },
    }),
    counts: () => NO_COUNTS,
    close: async () => void said.push(`close ${name}`),
  });
  const sample: Sample = {
    timeNs: 9n,
    position: Float64Array.of(1),
    velocity: Float64Array.of(2),
    effort: Float64Array.of(3),
    sensors: {},
  };
  const driver: Driver = {
    calibrated: [{ min: -1, max: 1 }],
    prepare: async () => void said.push("prepare machine"),
    open: async () => void said.push("open machine"),
    read: async () => sample,
    write: async (command) => command,
    relax: async (end) => void said.push(`relax ${end}`),
    close: async () => {
      said.push("close machine");
      await closing();
    },
  };
  return { said, sample, driver, camera };
}

test("a sample is the machine's, with each camera's newest image, all with their own times", async () => {
  const { driver, camera, sample } = rig();
  const seeing = new SeeingDriver(driver, [camera("wrist"), camera("front")]);
  const found = await seeing.read();
  expect(found).toMatchObject(sample);
  expect(Object.keys(found.images!)).toEqual(["wrist", "front"]);
  expect(found.images!.front).toMatchObject({ timeNs: 5n, sequence: 3, health: { age: 0.1 } });
});

test("the machine comes first, opened and closed; everything else is its own", async () => {
  const { driver, camera, said } = rig();
  const seeing = new SeeingDriver(driver, [camera("wrist")]);
  expect(seeing.calibrated).toBe(driver.calibrated);
  await seeing.prepare();
  await seeing.open();
  await seeing.relax("damp");
  await seeing.close();
  expect(said).toEqual(["prepare machine", "open machine", "open wrist", "relax damp", "close machine", "close wrist"]);
});

test("cameras are closed even when the machine cannot be", async () => {
  const closing = async () => {
    throw new Error("cable");
  };
  const { driver, camera, said } = rig({ closing });
  await expect(new SeeingDriver(driver, [camera("wrist")]).close()).rejects.toThrow("cable");
  expect(said).toEqual(["close machine", "close wrist"]);
});

test("two cameras of one name are refused", () => {
  const { driver, camera } = rig();
  expect(() => new SeeingDriver(driver, [camera("a"), camera("b"), camera("a")])).toThrow('found "a" twice');
});
