import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from "node:fs";
import { freemem, totalmem, userInfo } from "node:os";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { thisSystem as files } from "../../../drivers/serial/port-advice.ts";
import { diskSpeed } from "./disk-speed.ts";
import { greet } from "./greet.ts";
import { measureLateness } from "./lateness.ts";
import type { Ran, System } from "./system.ts";

/** Where a script finds the packages that this program has. */
const HERE = dirname(fileURLToPath(import.meta.url));

/** The computer this runs on. */
export const thisSystem: System = {
  ...files,
  platform: process.platform,
  node: process.version,
  user: userName(),
  env: process.env,
  access: (path) => {
    if (!existsSync(path)) return "missing";
    try {
      accessSync(path, constants.R_OK | constants.W_OK);
      return "yes";
    } catch {
      return "no";
    }
  },
  groupOf: (path) => {
    try {
      const { gid } = statSync(path);
      return readFileSync("/etc/group", "utf8")
        .split("\n")
        .map((line) => line.split(":"))
        .find((fields) => fields[2] === String(gid))?.[0];
    } catch {
      return undefined;
    }
  },
  run,
  script: (code, args, timeoutMs) =>
    run(process.execPath, ["--input-type=module", "--eval", code, "--", ...args], timeoutMs),
  lateness: measureLateness,
  free: (path) => {
    const { bavail, bsize } = statfsSync(standing(path));
    return bavail * bsize;
  },
  disk: (path, ...rest) => diskSpeed(standing(path), ...rest),
  memory: () => {
    const kb = Number(/^MemAvailable:\s+(\d+) kB/m.exec(files.read("/proc/meminfo") ?? "")?.[1] ?? Number.NaN);
    return { total: totalmem() / 1e9, available: Number.isNaN(kb) ? freemem() / 1e9 : (kb * 1024) / 1e9 };
  },
  greet,
};

/** The path itself, or the nearest folder above it that is there. */
function standing(path: string): string {
  let at = resolve(path);
  while (!existsSync(at)) at = dirname(at);
  return at;
}

function run(program: string, args: readonly string[], timeoutMs: number): Promise<Ran | undefined> {
  const options = { timeout: timeoutMs, killSignal: "SIGKILL", cwd: HERE, maxBuffer: 1 << 24 } as const;
  return new Promise((done) => {
    execFile(program, [...args], options, (error, stdout, stderr) => {
      if (error?.code === "ENOENT") return done(undefined);
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : undefined;
      done({ code, stdout, stderr });
    });
  });
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "$USER"; // one without a name, as in some containers
  }
}
