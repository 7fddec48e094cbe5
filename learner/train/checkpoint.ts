import { webcrypto } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { StepSchema } from "../../runtime/step.ts";
import type { LearnerConfig } from "../config.ts";
import type { Account } from "./ratio.ts";
import type { TrainingState } from "./training.ts";

/**
 * A checkpoint is a directory: `state.safetensors`, `meta.json` and, written last, `done` with the SHA-256 of both. It is
 * made beside its place and renamed into it, then `latest` names it. What is there is whole, or is seen not to be.
 */

const FORMAT = 1;
const STATE = "state.safetensors";
const META = "meta.json";
const DONE = "done";
const LATEST = "latest";
const TEMPORARY = ".writing-";
const NAME = /^\d+-\d+$/;

export interface CheckpointMeta {
  readonly formatVersion: number;
  readonly schema: StepSchema;
  readonly config: LearnerConfig;
  readonly account: Account;
  /** Newest policy published. */
  readonly policyVersion: number;
  /** For each stream, the first sequence number that `account` does not count. */
  readonly streams: Readonly<Record<string, number>>;
  readonly sampler: TrainingState["sampler"];
}

export interface Checkpoint {
  readonly meta: CheckpointMeta;
  readonly state: TrainingState;
}

/** Durable when it resolves. Keeps the newest `keep` in `directory`; on an error what was there before is untouched. */
export async function writeCheckpoint(
  directory: string,
  { meta, state }: { meta: Omit<CheckpointMeta, "formatVersion" | "sampler">; state: TrainingState },
  keep: number,
): Promise<void> {
  const { updates, steps } = meta.account;
  const name = `${String(updates).padStart(9, "0")}-${String(steps).padStart(10, "0")}`;
  const temporary = join(directory, `${TEMPORARY}${name}`);
  await mkdir(directory, { recursive: true });
  await removeTemporary(directory);
  try {
    await mkdir(temporary);
    const full: CheckpointMeta = { ...meta, formatVersion: FORMAT, sampler: state.sampler };
    const files = { [STATE]: state.arrays, [META]: Buffer.from(`${JSON.stringify(full, undefined, 2)}\n`) };
    const hashes: Record<string, string> = {};
    for (const [file, bytes] of Object.entries(files)) {
      hashes[file] = await sha256(bytes);
      await writeDurably(join(temporary, file), bytes);
    }
    await writeDurably(join(temporary, DONE), Buffer.from(`${JSON.stringify(hashes)}\n`));
    await syncDirectory(temporary);
    const place = join(directory, name);
    await rm(place, { recursive: true, force: true });
    await rename(temporary, place);
    await writeDurably(join(directory, `${TEMPORARY}${LATEST}`), Buffer.from(`${name}\n`));
    await rename(join(directory, `${TEMPORARY}${LATEST}`), join(directory, LATEST));
    await syncDirectory(directory);
  } catch (error) {
    await removeTemporary(directory).catch(() => {}); // the first error is the one worth telling
    throw error;
  }
  const others = (await checkpointNames(directory)).filter((other) => other !== name);
  for (const old of others.slice(Math.max(0, keep - 1))) {
    await rm(join(directory, old), { recursive: true, force: true });
  }
}

/**
 * The newest checkpoint that is whole; undefined when there is none. `report` gets one line for each that is not, saying why.
 */
export async function readCheckpoint(
  directory: string,
  report: (line: string) => void,
): Promise<Checkpoint | undefined> {
  const names = await checkpointNames(directory);
  const latest = await readFile(join(directory, LATEST), "utf8").then(
    (text) => text.trim(),
    () => undefined,
  );
  if (latest !== undefined && !names.includes(latest)) {
    report(`checkpoint: expected ${latest} in ${directory}, found it missing; trying the next older`);
  }
  for (const name of names.sort((a, b) => Number(b === latest) - Number(a === latest))) {
    try {
      return await readOne(join(directory, name));
    } catch (error) {
      report(`checkpoint ${name}: ${(error as Error).message}; trying the next older`);
    }
  }
  return undefined;
}

async function readOne(path: string): Promise<Checkpoint> {
  const hashes = JSON.parse(await readFile(join(path, DONE), "utf8")) as Record<string, string>;
  const read = async (file: string): Promise<Uint8Array> => {
    const bytes = await readFile(join(path, file));
    const found = await sha256(bytes);
    if (found !== hashes[file]) throw new Error(`${file}: expected SHA-256 ${hashes[file]}, found ${found}`);
    return bytes;
  };
  const meta = JSON.parse(Buffer.from(await read(META)).toString("utf8")) as CheckpointMeta;
  if (meta.formatVersion !== FORMAT) {
    throw new Error(`${META}: expected format ${FORMAT}, found ${meta.formatVersion}`);
  }
  return { meta, state: { arrays: await read(STATE), sampler: meta.sampler } };
}

/** Newest first. */
async function checkpointNames(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names
    .filter((name) => NAME.test(name))
    .sort()
    .reverse();
}

async function removeTemporary(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name.startsWith(TEMPORARY)) await rm(join(directory, name), { recursive: true, force: true });
  }
}

/** Off this thread, so that a large state does not hold up the link. */
async function sha256(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest("SHA-256", bytes)).toString("hex");
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
