import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Picture } from "../../../../drivers/camera/picture.ts";
import { ffmpegSource } from "../../../../drivers/camera/source/ffmpeg.ts";
import { type FfmpegSource, ffmpegArguments, type Wanted } from "../../../../drivers/camera/source/ffmpeg-arguments.ts";
import { remedy } from "../../../../drivers/camera/source/remedy.ts";
import type { RunningSource } from "../../../../drivers/camera/source/source.ts";

const FAKE = resolve(import.meta.dirname, "../fake-ffmpeg.mjs");
vi.setConfig({ testTimeout: 30_000 });
const soon = { timeout: 10_000, interval: 10 };
const WANTED: Wanted = { shape: [4, 6, 3], resize: "area" };
const V4L2: FfmpegSource["input"] = { from: "v4l2", device: "/dev/video0", format: "mjpeg", rateHz: 30 };

let directory = "";
let running: RunningSource[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "reverie-ffmpeg-"));
});
afterEach(async () => {
  await Promise.all(running.map((each) => each.stop()));
  running = [];
  rmSync(directory, { recursive: true, force: true });
});

function of(input: FfmpegSource["input"], scaledBy: FfmpegSource["scaledBy"] = "ffmpeg"): FfmpegSource {
  return { kind: "ffmpeg", input, width: 640, height: 480, scaledBy };
}

function start(source: FfmpegSource, program = FAKE, wanted = WANTED) {
  const pictures: Picture[] = [];
  const times: bigint[] = [];
  const ended: string[] = [];
  const run = ffmpegSource(source, wanted, { program, now: () => process.hrtime.bigint() })({
    onPicture: (picture, timeNs) => {
      pictures.push(picture);
      times.push(timeNs);
    },
    onEnd: (why) => ended.push(why),
  });
  running.push(run);
  return { run, pictures, times, ended };
}

const fake = (control = "", fps = 100) => of({ from: "url", url: `fake:fps=${fps}&control=${control}` });

test("a camera is asked for its own pictures, and small raw frames come back, none repeated to keep a rate", () => {
  expect(ffmpegArguments(of(V4L2), WANTED, "-fps_mode").join(" ")).toBe(
    "-hide_banner -loglevel error -nostdin -threads 1 -fflags nobuffer -flags low_delay " +
      "-f v4l2 -input_format mjpeg -framerate 30 -video_size 640x480 -i /dev/video0 " +
      "-map 0:v:0 -vf scale=6:4:flags=area -pix_fmt rgb24 -fps_mode passthrough -threads 1 -flush_packets 1 -f rawvideo pipe:1",
  );
});

test("what is asked for is in the arguments, each a word of its own", () => {
  const words = (input: FfmpegSource["input"], wanted: Wanted = WANTED, by?: "here") =>
    ffmpegArguments(of(input, by), wanted, "-vsync");
  const url = "rtsp://user:a b;rm -rf@camera/1";
  expect(words({ from: "url", url })).toContain(url);
  expect(words({ from: "url", url }).join(" ")).toContain("-rtsp_transport tcp -i ");
  expect(words({ from: "url", url: "http://camera/" })).not.toContain("-rtsp_transport");
  expect(words({ from: "file", path: "-a b.mjpeg", rateHz: 25 })).toContain("file:-a b.mjpeg");
  expect(words({ from: "test", rateHz: 5 })).toContain("testsrc=size=640x480:rate=5");
  expect(words(V4L2).join(" ")).toContain("-vsync passthrough");
  const crop = { x: 80, y: 0, width: 480, height: 480 };
  const grey: Wanted = { shape: [4, 6, 1], resize: "nearest", crop };
  expect(words(V4L2, grey).join(" ")).toContain(
    "-vf scale=640:480,crop=480:480:80:0,scale=6:4:flags=neighbor -pix_fmt gray",
  );
  expect(words(V4L2, grey, "here").join(" ")).toContain("-vf scale=640:480:flags=neighbor -pix_fmt gray");
});

test("frames come whole, in order, none missing, with rising times", async () => {
  const { pictures, times, ended } = start(fake());
  await vi.waitFor(() => expect(pictures.length).toBeGreaterThan(20), soon);
  pictures.forEach(({ data, ...size }, i) => {
    expect(size).toEqual({ width: 6, height: 4, channels: 3 });
    expect([...data]).toEqual(Array.from({ length: 72 }, (_, k) => i + 1 + k));
  });
  expect(times).toEqual([...times].sort((a, b) => Number(a - b)));
  expect(Number(process.hrtime.bigint() - times[0]!) / 1e9).toBeLessThan(60);
  expect(ended).toEqual([]);
});

test("where it is scaled here, the whole picture crosses the pipe", async () => {
  const source = { ...fake(), width: 32, height: 20, scaledBy: "here" } as const;
  const { pictures } = start(source);
  await vi.waitFor(() => expect(pictures.length).toBeGreaterThan(2), soon);
  expect(pictures[2]).toMatchObject({ width: 32, height: 20, channels: 3 });
  expect(pictures[2]!.data).toHaveLength(32 * 20 * 3);
});

test("a camera that is unplugged ends it, with what ffmpeg said last and its exit code", async () => {
  const control = join(directory, "mode");
  const { pictures, ended } = start(fake(control));
  await vi.waitFor(() => expect(pictures.length).toBeGreaterThan(2), soon);
  writeFileSync(control, "die");
  await vi.waitFor(() => expect(ended).toHaveLength(1), soon);
  expect(ended[0]).toBe(`${FAKE} ended with code 1: /dev/video0: No such device`);
});

test("stopped it is gone, and nothing more is heard of it", async () => {
  const { run, pictures, ended } = start(fake());
  await vi.waitFor(() => expect(pictures.length).toBeGreaterThan(2), soon);
  const { pid } = run;
  await run.stop();
  expect(() => process.kill(pid!, 0)).toThrow("ESRCH");
  const count = pictures.length;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(pictures).toHaveLength(count);
  expect(ended).toEqual([]);
});

test("without ffmpeg the end says how to get it", async () => {
  const { ended } = start(fake(), "no-such-ffmpeg");
  await vi.waitFor(() => expect(ended).toHaveLength(1), soon);
  expect(ended[0]).toBe(
    "expected no-such-ffmpeg to say its version, found no such program; install it, as with: sudo apt install ffmpeg",
  );
});

test.each([
  ["4.4.2-0ubuntu0.22.04.1", "-vsync"],
  ["5.0.3", "-vsync"],
  ["5.1.9-0+deb12u1", "-fps_mode"],
  ["n7.1", "-fps_mode"],
  ["N-109542-g1bf1a6f", "-fps_mode"],
])("ffmpeg %s is asked in its own words", async (version, option) => {
  const program = join(directory, "ffmpeg");
  writeFileSync(
    program,
    `#!/bin/sh\nif [ "$1" = -version ]; then echo "ffmpeg version ${version} Copyright"; else echo "$*" >&2; fi\n`,
  );
  chmodSync(program, 0o755);
  const { ended } = start(fake(), program);
  await vi.waitFor(() => expect(ended).toHaveLength(1), soon);
  expect(ended[0]).toContain(` ${option} passthrough `);
});

test.each([
  ["/dev/video0: No such file or directory", "; is it plugged in? ls -l /dev/v4l/by-id"],
  ["/dev/video0: Permission denied", '; may this user see it? sudo usermod -aG video "$USER", then log in anew'],
  ["/dev/video0: Device or resource busy", "; another program has it: fuser -v /dev/video0"],
  ["/dev/video0: Invalid argument", "; can it do that? v4l2-ctl --list-formats-ext -d /dev/video0"],
  ["something else", ""],
])("%s: what to do", (why, what) => {
  expect(remedy(why, V4L2)).toBe(what);
});
