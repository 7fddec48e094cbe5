import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import { readChoice, writeChoice } from "../../../runtime/link/policies/choice.ts";
import { PolicyKeeper } from "../../../runtime/link/policies/keeper.ts";
import { ReturnWatch } from "../../../runtime/link/policies/return-watch.ts";
import { Random } from "../../../runtime/random.ts";

const SETTINGS = { ...RUNTIME_DEFAULTS.policy.rollback, windowSteps: 500, holdSteps: 700 };

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "reverie-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Feeds `count` steps about `reward`; says at which of them, if any, something was lost. */
function feed(watch: ReturnWatch, noise: Random, reward: number, count: number, version: number): number | undefined {
  for (let i = 0; i < count; i++) {
    if (watch.add(reward + 0.2 * noise.normal(), version) !== undefined) return i;
  }
  return undefined;
}

describe("the return of a robot", () => {
  test("that learned and then lost half of it is a collapse, and the best policy is known", () => {
    const watch = new ReturnWatch(SETTINGS);
    const noise = new Random(0, "noise");
    expect(feed(watch, noise, 5, 2000, 0)).toBeUndefined();
    expect(watch.goodVersion).toBe(0);
    expect(feed(watch, noise, 9, 2000, 7)).toBeUndefined();
    expect(watch.goodVersion).toBe(7);
    expect(feed(watch, noise, 8, 2000, 8)).toBeUndefined(); // a quarter of it
    const lost = feed(watch, noise, 6, 2000, 9);
    expect(lost).toBeGreaterThan(100);
    expect(lost).toBeLessThanOrEqual(500);
    expect(watch.goodVersion).toBe(7);
  });

  test("that never rose above the noise of its beginning cannot collapse", () => {
    const watch = new ReturnWatch(SETTINGS);
    const noise = new Random(1, "noise");
    expect(feed(watch, noise, 5, 3000, 3)).toBeUndefined();
    expect(feed(watch, noise, 3, 3000, 4)).toBeUndefined();
    expect(watch.goodVersion).toBe(0);
  });

  test("is known to the next watch, which does not begin with what the robot has learned by then", () => {
    const noise = new Random(2, "noise");
    const watch = new ReturnWatch(SETTINGS);
    feed(watch, noise, 5, 1500, 0);
    expect(new ReturnWatch(SETTINGS).known).toBeUndefined();
    feed(watch, noise, 9, 1500, 5);
    const next = new ReturnWatch(SETTINGS, JSON.parse(JSON.stringify(watch.known)));
    expect(next.goodVersion).toBe(5);
    expect(feed(next, noise, 9, 600, 6)).toBeUndefined();
    expect(feed(next, noise, 5, 600, 6)).toBeDefined();
  });
});

describe("the policy a robot acts with", () => {
  const keeperOf = (trip: string, notes: string[] = []): PolicyKeeper =>
    new PolicyKeeper({ ...SETTINGS, trip }, undefined, undefined, (line) => notes.push(line));

  /** From step `from` on; says after which step the choice changed. */
  function act(keeper: PolicyKeeper, from: number, count: number, reward: number, version: number): number | undefined {
    const noise = new Random(from, "noise");
    for (let sequence = from; sequence < from + count; sequence++) {
      if (keeper.step({ sequence, reward: reward + 0.2 * noise.normal(), policyVersion: version })) return sequence;
    }
    return undefined;
  }

  test("is the best from before when the return collapsed, for a while, and then the newest again", () => {
    const notes: string[] = [];
    const keeper = keeperOf("rollback", notes);
    act(keeper, 0, 1500, 5, 0);
    act(keeper, 1500, 1500, 9, 7);
    const at = act(keeper, 3000, 1500, 5, 8)!;
    expect(keeper.choice).toMatchObject({ policyVersion: 7, by: "robot", untilStep: at + 1 + 700 });
    expect(keeper.kept).toContain(7);
    expect(act(keeper, at + 1, 2000, 9, 7)).toBe(at + 1 + 700);
    expect(keeper.choice).toBeUndefined();
    expect(notes).toEqual([
      expect.stringMatching(/^policy: back to 7 for 700 steps: reward per step fell from 9\.\d\d to \d\.\d\d$/),
      "policy: the newest again, after 7",
    ]);
  });

  test("stays the newest where only a warning is asked for, or nothing", () => {
    const notes: string[] = [];
    for (const keeper of [keeperOf("warn", notes), keeperOf("off", notes)]) {
      act(keeper, 0, 1500, 5, 0);
      act(keeper, 1500, 1500, 9, 7);
      expect(act(keeper, 3000, 700, 5, 8)).toBeUndefined();
      expect(keeper.fault("tilt", "1.3 rad")).toBe(false);
      expect(keeper.choice).toBeUndefined();
    }
    expect(notes).toHaveLength(2);
    expect(notes[0]).toMatch(/policy 8: reward per step fell .*; policy 7 was better: "reverie policy rollback"/);
    expect(() => keeperOf("sometimes")).toThrow("expected one of off, warn, rollback");
  });

  test("is another after a fault that policies bring a machine to, and not after the machine's own", () => {
    const notes: string[] = [];
    const keeper = keeperOf("rollback", notes);
    act(keeper, 0, 10, 5, 3);
    act(keeper, 10, 10, 5, 4);
    expect(keeper.fault("temperature", "71 °C")).toBe(false);
    expect(keeper.fault("tilt", "1.3 rad")).toBe(true);
    expect(keeper.choice).toMatchObject({ policyVersion: 3, by: "robot", why: "tilt: 1.3 rad" });
    const alone = keeperOf("rollback", notes);
    act(alone, 0, 10, 5, 1);
    expect(alone.fault("tilt", "1.3 rad")).toBe(false);
    expect(notes.at(-1)).toBe("policy 1: tilt: 1.3 rad; there is none from before to go back to");
  });

  test("is a person's as long as the person says so", () => {
    const keeper = keeperOf("rollback");
    act(keeper, 0, 1500, 5, 0);
    act(keeper, 1500, 1500, 9, 7);
    keeper.choose({ policyVersion: 2, by: "person", why: "pinned" });
    expect(act(keeper, 3000, 5000, 5, 2)).toBeUndefined();
    expect(keeper.fault("tilt", "1.3 rad")).toBe(false);
    expect(keeper.choice?.policyVersion).toBe(2);
    expect(keeper.kept).toContain(2);
  });
});

describe("a choice on the disk", () => {
  test("is read as it was written, and taken away", () => {
    expect(readChoice(directory)).toBeUndefined();
    const choice = { policyVersion: 3, by: "person", why: "pinned", untilStep: 9 } as const;
    writeChoice(directory, choice);
    expect(readChoice(directory)).toEqual(choice);
    expect(readdirSync(directory)).toEqual(["choice.json"]);
    writeChoice(directory, undefined);
    writeChoice(directory, undefined);
    expect(readChoice(directory)).toBeUndefined();
  });

  test.each([
    "",
    "{",
    "null",
    '{"policyVersion":-1,"by":"person","why":"x"}',
    '{"policyVersion":1,"by":"a","why":"x"}',
  ])("that is damaged is named: %j", (text) => {
    writeFileSync(join(directory, "choice.json"), text);
    expect(() => readChoice(directory)).toThrow(/choice\.json: .*; "reverie policy unpin" removes it/);
  });
});
