import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import type { Picture } from "../../../../drivers/camera/picture.ts";
import { resized } from "../../../../drivers/camera/resize.ts";
import type { FfmpegInput } from "../../../../drivers/camera/settings.ts";
import { ffmpegSource } from "../../../../drivers/camera/source/ffmpeg.ts";

const present = spawnSync("ffmpeg", ["-version"]).status === 0;
const real = test.skipIf(!present);
const without = present ? "" : " (left out: there is no ffmpeg here; sudo apt install ffmpeg)";
const soon = { timeout: 20_000, interval: 20 };
vi.setConfig({ testTimeout: 30_000 });

const WIDTH = 96;
const HEIGHT = 64;
/** Smooth, so that two ways of taking means differ little. */
const PICTURE: Picture = {
  data: Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 3) % WIDTH, Math.floor(i / 3 / WIDTH), i % 3];
    return 128 + 100 * Math.sin(x / 9 + c) * Math.cos(y / 7 - c);
  }),
  width: WIDTH,
  height: HEIGHT,
  channels: 3,
};
const CROP = { x: 16, y: 8, width: 48, height: 48 };

/** The first picture, or why there is none. */
async function first(input: FfmpegInput, scaledBy: "ffmpeg" | "here"): Promise<Picture | string> {
  let found: Picture | string | undefined;
  const source = { kind: "ffmpeg", input, width: WIDTH, height: HEIGHT, scaledBy } as const;
  const wanted = { shape: [12, 12, 3], resize: "area", crop: CROP } as const;
  const running = ffmpegSource(source, wanted, { program: "ffmpeg", now: () => process.hrtime.bigint() })({
    onPicture: (picture) => {
      found ??= picture;
    },
    onEnd: (why) => {
      found ??= why;
    },
  });
  try {
    await vi.waitFor(() => expect(found).toBeDefined(), soon);
  } finally {
    await running.stop();
  }
  return found!;
}

real(`ffmpeg hands over a picture as it is, and crops and scales it as this program does${without}`, async () => {
  const directory = mkdtempSync(join(tmpdir(), "reverie-ffmpeg-"));
  try {
    const path = join(directory, "still picture.ppm");
    writeFileSync(path, Buffer.concat([Buffer.from(`P6 ${WIDTH} ${HEIGHT} 255\n`), PICTURE.data]));
    const whole = (await first({ from: "file", path }, "here")) as Picture;
    expect(Buffer.compare(whole.data, PICTURE.data)).toBe(0);
    const small = (await first({ from: "file", path }, "ffmpeg")) as Picture;
    expect(small).toMatchObject({ width: 12, height: 12, channels: 3 });
    const ours = resized(PICTURE, { width: 12, height: 12 }, "area", CROP).data;
    const worst = Math.max(...ours.map((value, i) => Math.abs(value - small.data[i]!)));
    expect(worst).toBeLessThanOrEqual(3);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

real(`ffmpeg makes a test picture${without}`, async () => {
  expect(await first({ from: "test", rateHz: 30 }, "ffmpeg")).toMatchObject({ width: 12, height: 12 });
});

real(`a camera that is not there is named, with what to do${without}`, async () => {
  const input = { from: "v4l2", device: "/dev/video99", format: "mjpeg", rateHz: 30 } as const;
  const why = await first(input, "ffmpeg");
  expect(why).toContain("/dev/video99: No such file or directory");
  expect(why).toContain("is it plugged in?");
});
