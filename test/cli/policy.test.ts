import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { policy } from "../../runtime/cli/policy.ts";
import { readChoice } from "../../runtime/link/policies/choice.ts";
import { writeKnownReturns } from "../../runtime/link/policies/known-returns-file.ts";
import { writeBundle } from "../../runtime/wire/bundle.ts";
import { policyParts } from "../runtime/policy/bundles.ts";

let run: string;
let directory: string;
let printed: string[];
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), "reverie-"));
  directory = join(run, "robot", "policy");
  writeFileSync(join(run, "config.json"), "{}");
  printed = [];
  vi.spyOn(console, "log").mockImplementation((line) => void printed.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(run, { recursive: true, force: true });
});

function store(...versions: number[]): void {
  for (const version of versions) {
    const { manifest, graph, weights } = policyParts(version, 1);
    writeBundle(directory, manifest, graph, weights);
  }
}

test("lists what is on the robot's disk, and what acts", async () => {
  expect(await policy(["list", run])).toBe(0);
  expect(printed.at(-1)).toMatch(/^No policy yet/);
  store(3, 4);
  await policy(["list", run]);
  expect(printed.slice(-2)).toEqual([
    expect.stringMatching(/^policy 3 .* 30 updates, 300 steps/),
    expect.stringMatching(/^policy 4 .* 40 updates, 400 steps {2}acts$/),
  ]);
  await policy(["list", run, "--json"]);
  expect(JSON.parse(printed.at(-1)!)).toMatchObject({ policies: [{ policyVersion: 3 }, {}], choice: null, best: null });
});

test("pins, rolls back to the best return or to the one before, and unpins", async () => {
  store(3, 4, 5);
  await policy(["pin", run]);
  expect(readChoice(directory)).toEqual({ policyVersion: 5, by: "person", why: "pinned" });
  await policy(["rollback", run]);
  expect(readChoice(directory)?.policyVersion).toBe(4);
  await policy(["unpin", run]);
  expect(readChoice(directory)).toBeUndefined();
  writeKnownReturns(directory, { first: 5, least: 6, best: 9, version: 3 });
  await policy(["rollback", run]);
  expect(readChoice(directory)?.policyVersion).toBe(3);
  expect(printed.at(-1)).toBe("Kept to policy 3 by a person until unpinned: rolled back to the best return.");
  await policy(["pin", run, "4"]);
  expect(readChoice(directory)?.policyVersion).toBe(4);
});

test.each([
  [[], "expected list, pin, unpin or rollback, found nothing"],
  [["go", "run"], 'found "go"'],
  [["pin"], "policy pin: expected <run>"],
  [["list", "run", "3"], 'expected no more arguments, found "3"'],
  [["pin", "run", "3", "4"], 'expected no more arguments, found "4"'],
  [["list", "/nowhere"], "/nowhere: expected a run"],
])("%j says what is wrong", async (argv, message) => {
  await expect(policy(argv)).rejects.toThrow(message);
});

test("a policy that is not there is not pinned, nor rolled back to", async () => {
  await expect(policy(["pin", run])).rejects.toThrow("expected policy of any version, found none");
  await expect(policy(["rollback", run])).rejects.toThrow("expected a policy from before the first, found none");
  store(3);
  await expect(policy(["pin", run, "7"])).rejects.toThrow("expected policy 7, found 3");
  await expect(policy(["pin", run, "x"])).rejects.toThrow('found "x"');
  await expect(policy(["rollback", run])).rejects.toThrow("expected a policy from before 3, found none");
  expect(readChoice(directory)).toBeUndefined();
});
