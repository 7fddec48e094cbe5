import { afterEach, expect, test, vi } from "vitest";
import { SeeingDriver } from "../../drivers/camera/seeing-driver.ts";
import { SO101 } from "../../robots/so101/so101.ts";
import { carriedSpec, makeDriver } from "../../runtime/cli/drivers.ts";
import { simulationIn } from "../../runtime/cli/process/machine.ts";
import { checkTask, robotDefaults } from "../../runtime/cli/robot-settings.ts";
import { resolveSettings } from "../../runtime/cli/settings.ts";
import { VirtualClock } from "../../runtime/clock.ts";
import type { Driver } from "../../runtime/robot.ts";

vi.setConfig({ testTimeout: 30_000 }); // MuJoCo has to load

const defaults = robotDefaults("so101", SO101);
const typed = (...texts: string[]) => {
  const overrides = texts.map((text) => text.split("=") as [string, string]);
  return resolveSettings(defaults, undefined, overrides, "runs/so101").settings;
};

let driver: Driver | undefined;
afterEach(() => driver?.close());

test("a robot has no camera unless a run says what it comes from", async () => {
  expect(carriedSpec(SO101, defaults)).toBe(SO101.spec);
  const clock = new VirtualClock();
  driver = await makeDriver(SO101, defaults, clock, () => {});
  expect(driver).not.toBeInstanceOf(SeeingDriver);
  const images = carriedSpec(SO101, typed("camera.front.from=test")).images!;
  expect(images.map(({ name, shape }) => [name, shape])).toEqual([["front", [64, 64, 3]]]);
});

test.each([
  ["camera.front.from=eye", "camera.front.from: expected one of off, sim, device"],
  ["camera.side.from=sim", 'camera.side.from: expected one of front, wrist, found "side"'],
  ["camera.front.rateHz=0", "camera.front.rateHz: expected a number above 0, found 0"],
])("--%s is refused", (setting, why) => {
  expect(() => typed(setting)).toThrow(why);
});

test("a camera that has a place must be told it, and in lockstep only the simulation's can see", () => {
  expect(() => checkTask(SO101, typed("camera.front.from=device"), undefined)).toThrow(
    "expected --camera.front.at to say which camera, as /dev/v4l/by-id/…-index0, found none",
  );
  const urls = typed("camera.wrist.from=url", "camera.wrist.at=rtsp://cam", "clock=lockstep");
  expect(() => checkTask(SO101, urls, undefined)).toThrow(
    "expected --camera.wrist.from=sim with --clock lockstep, found url",
  );
  checkTask(SO101, typed("camera.wrist.from=sim", "clock=lockstep"), undefined);
});

test("a run keeps the cameras that it began with", () => {
  const seeing = typed("camera.front.from=sim");
  expect(() => checkTask(SO101, seeing, defaults)).toThrow(
    'task: observation: expected ["arm"], found ["arm","front"]; --run <dir> starts another run',
  );
  checkTask(SO101, typed("camera.front.from=test"), seeing);
});

test("in lockstep equal runs see equal bytes, and the simulation can be kept as ever", async () => {
  const frames: Uint8Array[] = [];
  for (let run = 0; run < 2; run++) {
    const clock = new VirtualClock();
    driver = await makeDriver(SO101, typed("camera.front.from=sim", "clock=lockstep"), clock, () => {});
    await driver.open();
    const { images } = await driver.read();
    expect(images!.front).toMatchObject({ shape: [64, 64, 3], sequence: 1 });
    frames.push(images!.front!.frame);
    expect(simulationIn(driver)!.snapshot().length).toBeGreaterThan(0);
    await driver.close();
  }
  expect(frames[0]).toEqual(frames[1]);
});
