import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import type { Picture } from "../picture.ts";
import type { SourceSettings } from "../settings.ts";
import { decodePng } from "./png.ts";
import { decodePpm } from "./ppm.ts";
import type { Source } from "./source.ts";

type PicturesSource = Extract<SourceSettings, { kind: "pictures" }>;

const DECODERS: Readonly<Record<string, (bytes: Uint8Array) => Picture>> = {
  ".ppm": decodePpm,
  ".pgm": decodePpm,
  ".png": decodePng,
};

/** The pictures of a directory one after the other, read as they come. One that cannot be read ends it, by its name. */
export function picturesSource({ directory, rateHz }: PicturesSource, now: () => bigint): Source {
  return ({ onPicture, onEnd }) => {
    let files: readonly string[] | undefined;
    let next = 0;
    const timer = setInterval(() => {
      try {
        files ??= filesIn(directory);
        const file = files[next++ % files.length]!;
        onPicture(decode(join(directory, file)), now());
      } catch (error) {
        clearInterval(timer);
        onEnd((error as Error).message);
      }
    }, 1000 / rateHz);
    return { pid: undefined, stop: async () => clearInterval(timer) };
  };
}

function filesIn(directory: string): readonly string[] {
  const files = readdirSync(directory)
    .filter((file) => extname(file) in DECODERS)
    .sort();
  if (files.length > 0) return files;
  throw new Error(
    `${directory}: expected ${Object.keys(DECODERS).join(", ")} files, found none; convert others to these`,
  );
}

function decode(path: string): Picture {
  try {
    return DECODERS[extname(path)]!(readFileSync(path));
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`);
  }
}
