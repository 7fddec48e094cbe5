#!/usr/bin/env node
// Stands in for ffmpeg: writes raw frames whose first byte counts them. The input says how it behaves, as
// fake:fps=100&control=/tmp/file: at each frame the file says the mode, by default "run".
import { readFileSync, writeFileSync } from "node:fs";

const args = process.argv.slice(2);
const after = (option) => args[args.lastIndexOf(option) + 1];
if (args[0] === "-version") {
  console.log("ffmpeg version 5.1.9 Copyright (c) nobody");
  process.exit();
}
if (args.at(-1) !== "pipe:1") {
  writeFileSync(args.at(-1), "a video");
  process.exit();
}

const input = after("-i");
const scenario = new URLSearchParams(input.startsWith("fake:") ? input.slice(5) : "");
const fps = Number(scenario.get("fps") ?? 30);
const [, width, height] = /.*scale=(\d+):(\d+)/.exec(after("-vf"));
const size = width * height * (after("-pix_fmt") === "gray" ? 1 : 3);

const values = new Uint8Array(size + 256).map((_, i) => i);
let count = 0;
function picture(number) {
  return values.subarray(number & 255, (number & 255) + size);
}

function mode() {
  const control = scenario.get("control");
  try {
    return control === null ? "run" : readFileSync(control, "utf8").trim();
  } catch {
    return "run";
  }
}

function fail() {
  console.error("[fake] ioctl(VIDIOC_DQBUF): No such device\n/dev/video0: No such device");
  process.exit(1);
}

function shown() {
  switch (mode()) {
    case "freeze":
      return picture(count);
    case "repeat":
      return picture(count + (Date.now() % 2));
    case "black":
      return new Uint8Array(size);
    case "silent":
      return undefined;
    case "die":
      return fail();
    default:
      return picture(++count);
  }
}

if (mode() === "die") fail();
let next = performance.now();
function tick() {
  const data = shown();
  if (data !== undefined) {
    process.stdout.write(data.subarray(0, size >> 1));
    process.stdout.write(data.subarray(size >> 1));
  }
  next += (mode() === "slow" ? 10 : 1) * (1000 / fps);
  setTimeout(tick, next - performance.now());
}
tick();
