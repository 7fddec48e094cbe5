import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

/** Whom a folder may import besides itself. `runtime/cli` puts everything together, and nobody imports it. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  runtime: [],
  drivers: ["runtime", "calibration"],
  calibration: ["runtime"],
  learner: ["runtime"],
  robots: ["runtime", "drivers", "calibration"],
  "runtime/cli": ["runtime", "drivers", "calibration", "learner", "robots"],
};

const root = resolve(import.meta.dirname, "..");
const layerOf = (path: string) => (path.startsWith("runtime/cli/") ? "runtime/cli" : path.split("/")[0]!);

/** Static and dynamic imports and re-exports. A file that another process is started with is no import. */
const IMPORTS = /(?:\bfrom|\bimport|\bimport\()\s*"(\.[^"]+)"/g;

const edges = Object.keys(MAY_IMPORT)
  .filter((layer) => existsSync(join(root, layer)))
  .flatMap((layer) =>
    readdirSync(join(root, layer), { recursive: true, encoding: "utf8" }).map((file) => join(layer, file)),
  )
  .filter((file) => file.endsWith(".ts"))
  .flatMap((file) => {
    const targets = [...readFileSync(join(root, file), "utf8").matchAll(IMPORTS)].map((match) => match[1]!);
    return targets.map((target) => [file, relative(root, resolve(root, dirname(file), target))] as const);
  });

test("every folder imports only what the table allows", () => {
  const wrong = edges.filter(([file, target]) => {
    const [from, to] = [layerOf(file), layerOf(target)];
    return from !== to && !MAY_IMPORT[from]!.includes(to);
  });
  expect([...new Set(wrong.map(([file, target]) => `${file} → ${target}`))]).toEqual([]);
});

test("the reader of imports sees them all", () => {
  expect(edges.length).toBeGreaterThan(20);
  const text = 'import { a } from "./a.ts"; export * from "./b.ts"; await import("./c.ts"); import "./e.ts"';
  expect([...text.matchAll(IMPORTS)].map((match) => match[1])).toEqual(["./a.ts", "./b.ts", "./c.ts", "./e.ts"]);
});
