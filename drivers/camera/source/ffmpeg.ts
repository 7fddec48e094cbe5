import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { type FfmpegSource, ffmpegArguments, type RateOption, rawShape, type Wanted } from "./ffmpeg-arguments.ts";
import { FrameCutter } from "./frame-cutter.ts";
import { remedy } from "./remedy.ts";
import type { RunningSource, Source, SourceHandlers } from "./source.ts";

export interface FfmpegOptions {
  /** As `ffmpeg`; found on the path. */
  readonly program: string;
  /** Monotonic, ns. */
  readonly now: () => bigint;
}

const VERSION_TIMEOUT_MS = 5000;

/** Pictures from an ffmpeg of one's own, without a shell. Its errors go into why it ended, with what to do. */
export function ffmpegSource(source: FfmpegSource, wanted: Wanted, options: FfmpegOptions): Source {
  let known: Promise<RateOption> | undefined;
  const option = (): Promise<RateOption> => {
    known ??= rateOption(options.program).catch((error) => {
      known = undefined; // it may be installed meanwhile
      throw error;
    });
    return known;
  };
  return (handlers) => new Ffmpeg(source, wanted, options, option, handlers);
}

class Ffmpeg implements RunningSource {
  #child: ChildProcess | undefined;
  #stopped = false;

  constructor(
    source: FfmpegSource,
    wanted: Wanted,
    { program, now }: FfmpegOptions,
    option: () => Promise<RateOption>,
    handlers: SourceHandlers,
  ) {
    const end = (why: string): void => {
      if (!this.#stopped) handlers.onEnd(`${why}${remedy(why, source.input)}`);
    };
    option().then(
      (rate) => {
        if (!this.#stopped) this.#child = run(program, ffmpegArguments(source, wanted, rate), cutter, now, end);
      },
      (error: Error) => end(error.message),
    );
    const [height, width, channels] = rawShape(source, wanted);
    const cutter = new FrameCutter(height * width * channels, (data, timeNs) => {
      if (!this.#stopped) handlers.onPicture({ data, width, height, channels }, timeNs);
    });
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const child = this.#child;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }
}

function run(
  program: string,
  args: readonly string[],
  cutter: FrameCutter,
  now: () => bigint,
  end: (why: string) => void,
): ChildProcess {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let lastWords = "";
  child.stdout.on("data", (bytes: Buffer) => cutter.push(bytes, now()));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    lastWords = text.trim().split("\n").at(-1)?.trim() || lastWords;
  });
  child.on("error", (error) => {
    lastWords = error.message;
    if (child.pid === undefined) end(`${program}: ${lastWords}`);
  });
  child.on("close", (code, signal) => {
    if (child.pid === undefined) return;
    const how = signal === null ? `with code ${code}` : `by ${signal}`;
    end(`${program} ended ${how}${lastWords === "" ? "" : `: ${lastWords}`}`);
  });
  return child;
}

/** Asks the program for its version. Rejects where there is none that answers. */
function rateOption(program: string): Promise<RateOption> {
  return new Promise((resolve, reject) => {
    execFile(program, ["-version"], { timeout: VERSION_TIMEOUT_MS }, (error, stdout) => {
      if (error !== null) {
        const found = error.code === "ENOENT" ? "no such program" : error.message.trim().replaceAll("\n", " ");
        return reject(new Error(`expected ${program} to say its version, found ${found}`));
      }
      const [, major = "99", minor = "0"] = /version n?(\d+)\.(\d+)/.exec(stdout) ?? [];
      resolve(Number(major) > 5 || (major === "5" && Number(minor) >= 1) ? "-fps_mode" : "-vsync");
    });
  });
}
