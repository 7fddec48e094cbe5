import { bundlePath, newestBundle, type PolicyBundle, readBundle } from "../../wire/bundle.ts";
import { readChoice } from "./choice.ts";

/** The bundle a robot acts with: the chosen one, or the newest that verifies. What cannot be read is told, a line each. */
export function chosenBundle(
  directory: string,
  report: (line: string) => void,
): { readonly path: string; readonly bundle: PolicyBundle } | undefined {
  try {
    const choice = readChoice(directory);
    if (choice !== undefined) {
      const path = bundlePath(directory, choice.policyVersion);
      return { path, bundle: readBundle(path) };
    }
  } catch (error) {
    report((error as Error).message);
  }
  return newestBundle(directory, report);
}
