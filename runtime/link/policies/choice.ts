import * as fs from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../../write-whole.ts";

/** The policy a robot keeps to although there are newer ones. */
export interface Choice {
  readonly policyVersion: number;
  readonly by: "person" | "robot";
  /** One line for a person. */
  readonly why: string;
  /** First step that is taken with the newest again; absent: until a person says so. */
  readonly untilStep?: number;
}

const FILE = "choice.json";

/** The choice in a robot's directory of policies; undefined: the newest. Throws naming the file when it is damaged. */
export function readChoice(directory: string): Choice | undefined {
  const path = join(directory, FILE);
  let text: string;
  try {
    text = fs.readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return checked(JSON.parse(text));
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}; "reverie policy unpin" removes it`);
  }
}

/** There wholly or not at all; undefined takes it away. */
export function writeChoice(directory: string, choice: Choice | undefined): void {
  const path = join(directory, FILE);
  if (choice === undefined) {
    fs.rmSync(path, { force: true });
    return;
  }
  fs.mkdirSync(directory, { recursive: true });
  writeWhole(path, `${JSON.stringify(choice)}\n`, { flush: true });
}

function checked(found: Partial<Choice> | null): Choice {
  const { policyVersion, by, why, untilStep } = found ?? {};
  const isStep = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
  const fits = isStep(policyVersion) && (by === "person" || by === "robot") && typeof why === "string";
  if (!fits || (untilStep !== undefined && !isStep(untilStep))) {
    throw new Error(`expected a policy's version, who chose it and why, found ${JSON.stringify(found)}`);
  }
  return found as Choice;
}
