import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RobotDefinition } from "../../../robots/definition.ts";
import { parseScenario } from "./parse-scenario.ts";
import type { Scenario } from "./scenario.ts";

/** Where the scenarios that come with Reverie are, seen from the compiled file and from the source. */
const FOLDERS = ["../../../../robots/scenarios", "../../../robots/scenarios"];

/** Files of the library, by name. Throws where there is none. */
export function libraryFiles(): string[] {
  for (const folder of FOLDERS) {
    const path = fileURLToPath(new URL(folder, import.meta.url));
    const names = filesIn(path);
    if (names.length > 0) return names.sort().map((name) => join(path, name));
  }
  throw new Error("scenarios: expected robots/scenarios with the package, found none");
}

/** Throws on a file that cannot be read or is no scenario. */
export function loadScenario(path: string, definition?: RobotDefinition): Scenario {
  return parseScenario(path, readFileSync(path, "utf8"), definition);
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch {
    return [];
  }
}
