import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isAlive, readHolder } from "../holder.ts";
import { finishFile } from "../log/finish.ts";
import { isFinished } from "../log/scan.ts";
import { type Verified, verifyFile } from "../log/verify.ts";
import { UsageError } from "./usage-error.ts";

export const usage = `log info|verify|recover|export|import <file or run> [options]

Moves nothing. Looks at recordings, MCAP files: one, or all of a run, the robot's and the learner's; or takes steps elsewhere.

  info            what is in them
  verify          reads every checksum and message; the exit code is 1 when one is not whole
  recover         makes whole what a crash or damage left, keeps every message of a good chunk and says what is lost;
                  not while the run is in use
  --json          of these three: everything as one document

  export <run or log> --to lerobot --out <dir>
                  its steps as a LeRobotDataset v3.0; of a run all that the learner has, of a run under way too
  --episodes a:b  only the episodes from a up to b
  --max-frames n  an episode ends where the stream breaks, where the run's own does, and after so many frames: 1000
  --images <how>  video (H.264, where there is an ffmpeg with libx264: the default) or png (every pixel kept)

  import <dir> --as <robot> --run <dir>
                  the steps of a LeRobotDataset v3.0, as experience of a run: "reverie learner --pretrain" learns from it
  --map <file>    which of its features become the robot's observation and action: see the README
  --reward <name> the feature that is the reward; without one in the dataset every reward is 0
  --task.…=       the robot's settings, where the run is new`;

const ACTIONS = ["info", "verify", "recover"] as const;

/** Of whoever runs a run, and of a robot's link, which may outlive it for a moment. */
const LOCKS = ["lock", "link.lock", join("robot", "link.lock")] as const;
/** From a recording of images up to its run, and not beyond. */
const MOST_FOLDERS = 6;

interface Looked {
  readonly path: string;
  readonly found?: Verified;
  readonly problem?: string;
  /** What recovery could not keep. */
  readonly lost?: readonly string[];
}

/** Exit code 0 when every file is whole in the end. Throws on a path without recordings. */
export async function log(argv: readonly string[], print: (line: string) => void = console.log): Promise<number> {
  if (argv[0] === "export") return (await import("./log-export.ts")).logExport(argv.slice(1), print);
  if (argv[0] === "import") return (await import("./log-import.ts")).logImport(argv.slice(1), print);
  const json = argv.includes("--json");
  const [action, path, ...rest] = argv.filter((argument) => argument !== "--json");
  if (!ACTIONS.includes(action as never) || path === undefined || rest.length > 0) {
    const all = [...ACTIONS, "export", "import"].join(", ");
    throw new UsageError(`log: expected one of ${all} and a file or run, found "${argv.join(" ")}"`);
  }
  if (action === "recover") assertUnused(path);
  const looked: Looked[] = [];
  for (const file of recordings(path)) looked.push(await look(file, action === "recover"));
  if (json) print(JSON.stringify(looked, (_, value) => (typeof value === "bigint" ? String(value) : value)));
  else for (const each of looked) for (const line of describe(each, action === "info")) print(line);
  return looked.every(({ problem }) => problem === undefined) || action === "info" ? 0 : 1;
}

/** Throws where a process that lives writes there: to the run, or to one that this is a part of. What a dead one left is no use. */
function assertUnused(path: string): void {
  let folder = resolve(path);
  for (let up = 0; up < MOST_FOLDERS; up++, folder = dirname(folder)) {
    for (const lock of LOCKS) {
      const holder = readHolder(join(folder, lock));
      if (holder === undefined || !isAlive(holder)) continue;
      throw new Error(
        `${path}: expected recordings that nobody writes, found ${folder} in use by process ${holder.pid}`,
      );
    }
  }
}

async function look(path: string, recover: boolean): Promise<Looked> {
  let looked = await verified(path);
  if (!recover || looked.problem === undefined) return looked;
  try {
    const { lost } = finishFile(path);
    looked = { ...(await verified(path)), lost };
  } catch (error) {
    looked = { path, problem: (error as Error).message };
  }
  return looked;
}

async function verified(path: string): Promise<Looked> {
  if (!isFinished(path))
    return { path, problem: `log ${path}: expected its end, found none; it is in use, or a crash left it` };
  try {
    return { path, found: await verifyFile(path) };
  } catch (error) {
    return { path, problem: (error as Error).message };
  }
}

function* describe({ path, found, problem, lost = [] }: Looked, more: boolean): Generator<string> {
  yield* lost;
  if (problem !== undefined) yield problem;
  if (found === undefined) return;
  const { bytes, chunks, messages, topics, startNs, endNs, attachments, metadata } = found;
  const seconds = (Number(endNs - startNs) / 1e9).toFixed(1);
  const megabytes = (bytes / 1e6).toFixed(1);
  yield `${path}: whole, ${messages} messages in ${chunks} chunks, ${seconds} s, ${megabytes} MB`;
  if (!more) return;
  for (const [topic, count] of Object.entries(topics)) yield `  ${topic}  ${count}`;
  if (attachments.length > 0) yield `  with ${attachments.join(", ")}`;
  for (const [name, values] of Object.entries(metadata)) {
    for (const [key, value] of Object.entries(values)) yield `  ${name}.${key}  ${value}`;
  }
}

/** The file, or every recording below the directory. */
function recordings(path: string): string[] {
  if (!existsSync(path)) throw new Error(`${path}: expected a recording or a run, found nothing`);
  if (!statSync(path).isDirectory()) return [path];
  const found = readdirSync(path, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".mcap"));
  if (found.length === 0) throw new Error(`${path}: expected recordings (.mcap) in it, found none`);
  return found.sort().map((name) => join(path, name));
}
