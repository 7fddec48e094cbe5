import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Frame, SourceKeeper } from "../../../drivers/camera/keeper.ts";
import type { Picture } from "../../../drivers/camera/picture.ts";
import { type CameraSettings, cameraSettings } from "../../../drivers/camera/settings.ts";
import type { SourceHandlers } from "../../../drivers/camera/source/source.ts";

const MS = 1_000_000n;
const now = () => BigInt(Math.round(performance.now() * 1000)) * 1000n;

const SETTINGS: CameraSettings = {
  name: "wrist",
  shape: [2, 2, 3],
  source: { kind: "pictures", directory: "", rateHz: 1 },
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function rig(settings: Partial<CameraSettings> = {}, clock = now) {
  const frames: Frame[] = [];
  const started: number[] = [];
  let handlers: SourceHandlers | undefined;
  let stopped = 0;
  let count = 0;
  const keeper = new SourceKeeper({
    settings: cameraSettings({ ...SETTINGS, ...settings }),
    now: clock,
    onFrame: (frame) => frames.push(frame),
    source: (given) => {
      started.push(performance.now());
      handlers = given;
      return { pid: 7, stop: async () => void stopped++ };
    },
  });
  const show = (picture: Partial<Picture> = {}) => {
    const data = new Uint8Array(12).fill(count++);
    handlers!.onPicture({ data, width: 2, height: 2, channels: 3, ...picture }, clock());
  };
  /** Shows a picture every `everyMs`. */
  const run = (forMs: number, everyMs: number, picture: Partial<Picture> = {}) => {
    for (let t = 0; t < forMs; t += everyMs) {
      vi.advanceTimersByTime(everyMs);
      show(picture);
    }
  };
  const end = (why: string) => handlers!.onEnd(why);
  return { keeper, frames, started, show, run, end, stopped: () => stopped };
}

test("pictures become frames of the camera's shape, in order, with their time less the delay", () => {
  const { keeper, frames, show } = rig({ delay: 0.02, crop: { x: 1, y: 0, width: 2, height: 2 } });
  keeper.start();
  vi.advanceTimersByTime(100);
  const begin = now();
  show({ data: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7), width: 4, height: 2, channels: 1 });
  show({ data: Uint8Array.of(9, 9, 9, 9, 9, 9, 9, 9), width: 4, height: 2, channels: 1 });
  expect(frames).toHaveLength(2);
  expect([...frames[0]!.data]).toEqual([1, 1, 1, 2, 2, 2, 5, 5, 5, 6, 6, 6]);
  expect(frames[0]!.timeNs).toBe(begin - 20n * MS);
  expect(frames.map(({ sequence }) => sequence)).toEqual([1, 2]);
  expect(keeper.fault).toBeUndefined();
});

test("a source that ends is started again, with pauses that double, until it was well for a while", () => {
  const { keeper, started, end, run } = rig({ backoffMs: 100, backoffMaxMs: 350, steadyMs: 1000 });
  keeper.start();
  const pauses = [];
  for (let i = 0; i < 4; i++) {
    const before = performance.now();
    end("unplugged");
    vi.advanceTimersByTime(1000);
    pauses.push(started.at(-1)! - before);
  }
  expect(pauses).toEqual([100, 200, 350, 350]);
  expect(keeper.counts.restarts).toBe(4);
  run(1500, 100);
  const before = performance.now();
  end("unplugged");
  vi.advanceTimersByTime(1000);
  expect(started.at(-1)! - before).toBe(100);
});

test("the fault says the newest cause, and since when frames have been missing, until there is a new picture", () => {
  const { keeper, end, run, show } = rig({ backoffMs: 100 });
  keeper.start();
  run(500, 100);
  const last = now();
  vi.advanceTimersByTime(300);
  end("ffmpeg ended with code 1");
  expect(keeper.fault).toEqual({ text: "ffmpeg ended with code 1", sinceNs: last });
  vi.advanceTimersByTime(150);
  end("no such device");
  expect(keeper.fault).toEqual({ text: "no such device", sinceNs: last });
  vi.advanceTimersByTime(250);
  expect(keeper.fault).toBeDefined();
  show();
  expect(keeper.fault).toBeUndefined();
});

test("a source that never shows anything, and one that falls silent, are started again", () => {
  const { keeper, started, run, stopped } = rig({ startMs: 3000, silentMs: 500, backoffMs: 100 });
  keeper.start();
  vi.advanceTimersByTime(2900);
  expect(started).toHaveLength(1);
  vi.advanceTimersByTime(400);
  expect(started).toHaveLength(2);
  expect(stopped()).toBe(1);
  expect(keeper.fault!.text).toBe("expected a first frame within 3000 ms, found none");
  run(2000, 100);
  expect(started).toHaveLength(2);
  vi.advanceTimersByTime(800);
  expect(started).toHaveLength(3);
  expect(keeper.fault!.text).toMatch(/^expected a frame every 500 ms, found none for 5\d\d ms$/);
});

test("a process that slept itself does not take that for silence of its source", () => {
  let asleepNs = 0n;
  const { keeper, started, run } = rig({ silentMs: 500, frozenMs: 0 }, () => now() + asleepNs);
  keeper.start();
  run(300, 100);
  asleepNs = 5_000n * MS;
  vi.advanceTimersByTime(450);
  expect(started).toHaveLength(1);
  expect(keeper.fault).toBeUndefined();
  vi.advanceTimersByTime(150);
  expect(keeper.fault!.text).toContain("expected a frame every 500 ms");
});

test("a source that shows the same for too long is started again, and its repeats are counted and its frames still come", () => {
  const { keeper, frames, started, run, show } = rig({ frozenMs: 1000, backoffMs: 100 });
  keeper.start();
  run(300, 100);
  const same = { data: new Uint8Array(12).fill(200) };
  run(1000, 100, same);
  expect(frames).toHaveLength(13);
  expect(Number(frames.at(-1)!.timeNs - frames.at(-1)!.newNs) / 1e6).toBe(900);
  run(200, 100, same);
  expect(keeper.fault!.text).toMatch(/^expected new pictures, found the same for 10\d\d ms$/);
  expect(keeper.counts.repeats).toBeGreaterThanOrEqual(9);
  vi.advanceTimersByTime(200);
  expect(started).toHaveLength(2);
  show(same);
  expect(keeper.fault).toBeDefined();
  show();
  expect(keeper.fault).toBeUndefined();
});

test("standing still is no fault where that is set", () => {
  const { keeper, started, run } = rig({ frozenMs: 0 });
  keeper.start();
  run(60_000, 500, { data: new Uint8Array(12) });
  expect(started).toHaveLength(1);
  expect(keeper.fault).toBeUndefined();
});

test("a picture that cannot be cropped as set ends its source by saying so, and what comes after its end is not heard", () => {
  const { keeper, frames, show, end } = rig({ crop: { x: 2, y: 2, width: 2, height: 2 } });
  keeper.start();
  show();
  expect(keeper.fault!.text).toBe("crop: expected a rectangle in 2 × 2, found 2 × 2 at 2, 2");
  show();
  end("again");
  expect(frames).toEqual([]);
  expect(keeper.fault!.text).toContain("crop");
});

test("after stop nothing starts again", async () => {
  const { keeper, started, end, stopped } = rig();
  keeper.start();
  end("unplugged");
  await keeper.stop();
  vi.advanceTimersByTime(60_000);
  expect(started).toHaveLength(1);
  keeper.start();
  await keeper.stop();
  vi.advanceTimersByTime(60_000);
  expect(started).toHaveLength(2);
  expect(stopped()).toBe(2);
});
