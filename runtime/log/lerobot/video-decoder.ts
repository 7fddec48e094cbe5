import { spawn } from "node:child_process";
import type { VideoPlace } from "./dataset-reader.ts";

export interface VideoFrames extends VideoPlace {
  readonly count: number;
  readonly fps: number;
  readonly width: number;
  readonly height: number;
}

/** `count` RGB frames of a video from a time on, by an ffmpeg of one's own. Throws when it has not so many of that size. */
export async function* videoFrames(program: string, wanted: VideoFrames): AsyncGenerator<Uint8Array> {
  const { file, fromSeconds, count, fps, width, height } = wanted;
  const size = 3 * width * height;
  const from = Math.max(0, fromSeconds - 0.5 / fps); // frames are stamped with their beginning
  const input = ["-ss", from.toFixed(6), "-i", `file:${file}`, "-frames:v", String(count)];
  const output = ["-fps_mode", "passthrough", "-threads", "1", "-pix_fmt", "rgb24", "-f", "rawvideo", "pipe:1"];
  const child = spawn(program, ["-hide_banner", "-loglevel", "error", "-nostdin", ...input, ...output], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let lastWords = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    lastWords = text.trim().split("\n").at(-1) ?? "";
  });
  child.on("error", (error) => {
    lastWords = error.message;
  });
  let held = Buffer.alloc(0);
  let frames = 0;
  try {
    for await (const bytes of child.stdout) {
      held = Buffer.concat([held, bytes as Buffer]);
      while (held.length >= size) {
        yield new Uint8Array(held.subarray(0, size));
        held = held.subarray(size);
        frames++;
      }
    }
  } finally {
    child.kill("SIGKILL");
  }
  if (frames !== count || held.length > 0) {
    const why = lastWords === "" ? "" : `: ${lastWords}`;
    throw new Error(`${file}: expected ${count} frames of ${width} × ${height}, found ${frames}${why}`);
  }
}
