import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { readChoice, writeChoice } from "../link/policies/choice.ts";
import { readKnownReturns } from "../link/policies/known-returns-file.ts";
import { bundlePath, bundles, readBundle } from "../wire/bundle.ts";
import { parseArguments, wholeNumber } from "./arguments.ts";
import { count } from "./display.ts";
import { readSavedConfig } from "./run-directory.ts";
import { UsageError } from "./usage-error.ts";

export const usage = `policy list|pin|unpin|rollback <run> [version]

Moves nothing by itself; a robot that is under way heeds it within two seconds. Which policy a robot acts with.

  list <run>             the policies on the robot's disk: the newest few, and those it may go back to
  pin <run> [version]    keep to this policy, by default the newest, whatever the learner sends
  rollback <run>         keep to the policy whose return was best, or, where none is known, to the one before
  unpin <run>            act with the newest again
  --json                 one JSON document`;

interface Stored {
  readonly policyVersion: number;
  readonly learnerUpdates: number;
  readonly transitions: number;
  /** ISO 8601 */
  readonly arrived: string;
}

export async function policy(argv: readonly string[]): Promise<number> {
  const args = parseArguments("policy", argv, { json: "flag" });
  const [act = "", run, version, extra] = args.positionals;
  if (!["list", "pin", "unpin", "rollback"].includes(act)) {
    throw new UsageError(`policy: expected list, pin, unpin or rollback, found ${act === "" ? "nothing" : `"${act}"`}`);
  }
  if (run === undefined) throw new UsageError(`policy ${act}: expected <run>, found nothing`);
  const most = act === "pin" ? extra : version;
  if (most !== undefined) throw new UsageError(`policy ${act}: expected no more arguments, found "${most}"`);
  if (readSavedConfig(run) === undefined) throw new Error(`${run}: expected a run, found no config.json in it`);
  const directory = join(run, "robot", "policy");
  const stored = storedIn(directory);
  if (act === "pin") pin(directory, stored, version);
  else if (act === "rollback") rollBack(directory, stored);
  else if (act === "unpin") writeChoice(directory, undefined);
  return tell(directory, stored, args.flags.has("json"));
}

function pin(directory: string, stored: readonly Stored[], text: string | undefined): void {
  const newest = stored.at(-1)?.policyVersion;
  const policyVersion = text === undefined ? newest : wholeNumber("policy pin", "version", text, 1);
  if (policyVersion === undefined || !existsSync(bundlePath(directory, policyVersion))) {
    const there = stored.map((each) => each.policyVersion).join(", ") || "none";
    throw new Error(`${directory}: expected policy ${policyVersion ?? "of any version"}, found ${there}`);
  }
  writeChoice(directory, { policyVersion, by: "person", why: "pinned" });
}

function rollBack(directory: string, stored: readonly Stored[]): void {
  const newest = stored.at(-1)?.policyVersion;
  const acting = readChoice(directory)?.policyVersion ?? newest;
  const best = readKnownReturns(directory)?.version;
  const older = stored.filter(({ policyVersion }) => policyVersion < (acting ?? 0));
  const target = older.find(({ policyVersion }) => policyVersion === best) ?? older.at(-1);
  if (target === undefined) {
    throw new Error(`${directory}: expected a policy from before ${acting ?? "the first"}, found none`);
  }
  const why = target.policyVersion === best ? "rolled back to the best return" : "rolled back";
  writeChoice(directory, { policyVersion: target.policyVersion, by: "person", why });
}

function tell(directory: string, stored: readonly Stored[], json: boolean): number {
  const choice = readChoice(directory);
  const best = readKnownReturns(directory)?.version;
  if (json) {
    console.log(JSON.stringify({ policies: stored, choice: choice ?? null, best: best ?? null }, undefined, 2));
    return 0;
  }
  if (stored.length === 0) console.log("No policy yet: the robot explores until the learner's first comes.");
  const acting = choice?.policyVersion ?? stored.at(-1)?.policyVersion;
  for (const { policyVersion, learnerUpdates, transitions, arrived } of stored) {
    const notes = [policyVersion === acting ? "acts" : "", policyVersion === best ? "best return" : ""].filter(Boolean);
    const from = `${count(learnerUpdates)} updates, ${count(transitions)} steps`;
    console.log(
      `${`policy ${policyVersion}`.padEnd(14)}${arrived.slice(0, 19).replace("T", " ")}  ${from}  ${notes.join(", ")}`,
    );
  }
  if (choice !== undefined) {
    const until = choice.untilStep === undefined ? "until unpinned" : `until step ${count(choice.untilStep)}`;
    console.log(`Kept to policy ${choice.policyVersion} by a ${choice.by} ${until}: ${choice.why}.`);
  }
  return 0;
}

/** Oldest first; what cannot be read is told and passed over. */
function storedIn(directory: string): Stored[] {
  return bundles(directory).flatMap((path) => {
    try {
      const { policyVersion, learnerUpdates, transitions } = readBundle(path).manifest;
      return [{ policyVersion, learnerUpdates, transitions, arrived: statSync(path).mtime.toISOString() }];
    } catch (error) {
      console.error((error as Error).message);
      return [];
    }
  });
}
