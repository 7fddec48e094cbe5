import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keys } from "../../runtime/cli/keys.ts";
import { KeyStore } from "../../runtime/trust/key-store.ts";

let directory: string;
let printed: string[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "reverie-keys-"));
  printed = [];
  vi.spyOn(console, "log").mockImplementation((line) => void printed.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true, force: true });
});

const at = (machine: string): string[] => ["--keys", join(directory, machine)];

test("two machines make keys, allow each other, and take it back", async () => {
  await keys(["list", ...at("robot")]);
  expect(printed).toEqual(['This machine has no keys yet: "reverie keys new".', "It allows nobody."]);
  await keys(["new", "arm-1", ...at("robot")]);
  await keys(["new", "bench", ...at("learner")]);
  expect(printed.at(-1)).toContain("own.pub to the other machine, and there: reverie keys allow <that file>");
  await keys(["allow", join(directory, "learner", "own.pub"), ...at("robot")]);
  expect(printed.at(-1)).toBe('"bench" is allowed.');
  await keys(["allow", join(directory, "learner", "own.pub"), ...at("robot")]);
  expect(printed.at(-1)).toBe('"bench" is allowed already.');
  expect(new KeyStore(join(directory, "robot")).allowed().map(({ name }) => name)).toEqual(["bench"]);
  printed = [];
  await keys(["list", ...at("robot")]);
  expect(printed).toEqual([
    expect.stringMatching(/^This machine: reverie-keys-1 arm-1 /),
    expect.stringMatching(/^Allowed: reverie-keys-1 bench /),
  ]);
  await keys(["remove", "bench", ...at("robot")]);
  expect(new KeyStore(join(directory, "robot")).allowed()).toEqual([]);
});

test("says what is wrong, and keeps what was there", async () => {
  await keys(["new", "arm-1", ...at("robot")]);
  await expect(keys(["new", "arm-1", ...at("robot")])).rejects.toThrow("expected no keys there yet");
  const file = join(directory, "nonsense");
  writeFileSync(file, "nonsense\n");
  await expect(keys(["allow", file, ...at("robot")])).rejects.toThrow(`${file}: expected a line`);
  await expect(keys(["allow", "/nowhere", ...at("robot")])).rejects.toThrow("/nowhere");
  await expect(keys(["remove", "nobody", ...at("robot")])).rejects.toThrow('"nobody"');
  for (const argv of [[], ["fly"], ["allow"], ["remove"], ["list", "x"], ["new", "a", "b"]]) {
    await expect(keys([...argv, ...at("robot")])).rejects.toThrow(/^keys/);
  }
  await expect(keys(["new", "not a name", ...at("other")])).rejects.toThrow('found "not a name"');
  expect(existsSync(join(directory, "other"))).toBe(false);
});
