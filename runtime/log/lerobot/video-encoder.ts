import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";

export interface VideoFormat {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
}

/** Pixels are kept well enough for a policy to learn from, a key frame every second frame: LeRobot reads single frames. */
const QUALITY = ["-g", "2", "-crf", "23", "-preset", "medium"];

/** Whether the program is there and can write H.264. */
export function canEncode(program: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(program, ["-hide_banner", "-encoders"], { timeout: 5000, maxBuffer: 2 ** 22 }, (error, stdout) =>
      resolve(error === null && /\blibx264\b/.test(stdout)),
    );
  });
}

/** RGB frames into an H.264 file, by an ffmpeg of one's own, without a shell. */
export class VideoEncoder {
  readonly #program: string;
  readonly #child: ChildProcess;
  readonly #closed: Promise<string | undefined>;
  #lastWords = "";

  constructor(program: string, path: string, { width, height, fps }: VideoFormat) {
    const input = [
      "-f",
      "rawvideo",
      "-pix_fmt",
      "rgb24",
      "-video_size",
      `${width}x${height}`,
      "-framerate",
      String(fps),
    ];
    const output = ["-c:v", "libx264", ...QUALITY, "-pix_fmt", "yuv420p", "-threads", "1", "-f", "mp4", `file:${path}`];
    this.#program = program;
    this.#child = spawn(program, ["-hide_banner", "-loglevel", "error", "-y", ...input, "-i", "pipe:0", ...output], {
      stdio: ["pipe", "ignore", "pipe"],
    });
    this.#child.stdin!.on("error", () => {}); // why it ended is told by its exit
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.#lastWords = text.trim().split("\n").at(-1) ?? "";
    });
    this.#closed = new Promise((resolve) => {
      this.#child.on("error", (error) => resolve(error.message));
      this.#child.on("close", (code, signal) => {
        const how = signal === null ? `code ${code}` : signal;
        resolve(code === 0 ? undefined : `it ended with ${how}: ${this.#lastWords}`);
      });
    });
  }

  /** Waits where ffmpeg does not keep up. Throws when it has ended. */
  async add(rgb: Uint8Array): Promise<void> {
    const { stdin } = this.#child;
    if (stdin!.destroyed || this.#child.exitCode !== null) await this.#fail();
    if (stdin!.write(rgb)) return;
    const drained = once(stdin!, "drain").then(() => false);
    if (await Promise.race([drained.catch(() => true), this.#closed.then(() => true)])) await this.#fail();
  }

  /** The file is whole when this resolves. Throws when it is not. */
  async finish(): Promise<void> {
    this.#child.stdin!.end();
    if ((await this.#closed) !== undefined) await this.#fail();
  }

  /** Safe at any time. */
  async kill(): Promise<void> {
    if (this.#child.pid === undefined || this.#child.exitCode !== null) return;
    this.#child.kill("SIGKILL");
    await this.#closed;
  }

  async #fail(): Promise<never> {
    throw new Error(`${this.#program}: expected a video of these frames, found ${(await this.#closed) ?? "it ended"}`);
  }
}
