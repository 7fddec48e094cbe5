import { expect, test } from "vitest";
import { loadRobot, robotNames } from "../../../robots/catalogue.ts";
import { commandOf, keyLines, RESERVED_KEYS, urgentCommands } from "../../../runtime/cli/keyboard/command.ts";

const stand = { key: "s", name: "stand", action: [0] };

test("every key means what the table of keys says", () => {
  const meanings = [..."rpewf?q", "\x7f", "\b", "s"].map((key) => commandOf(key, [stand]));
  expect(meanings).toEqual([
    { type: "reset" },
    { type: "pause" },
    { type: "mark", mark: "end" },
    { type: "mark", mark: "worked" },
    { type: "mark", mark: "failed" },
    { type: "help" },
    { type: "stop" },
    { type: "release" },
    { type: "release" },
    { type: "gesture", gesture: stand },
  ]);
  expect(keyLines([stand]).join("\n")).toContain('s          you hold "stand" in place of the policy; again: back');
});

test.each(["", "x", "rr", "R", "\x1b[A", "\x1bOP", "\x1b", "constructor", "é", "\r"])("%j means nothing", (text) => {
  expect(commandOf(text, [stand])).toBeUndefined();
  expect(urgentCommands(text)).toEqual([]);
});

test("a space or Ctrl-C is meant wherever it stands", () => {
  expect(urgentCommands("ab cd")).toEqual([{ type: "estop" }]);
  expect(urgentCommands("\x1b[A ")).toEqual([{ type: "estop" }]);
  expect(urgentCommands("x\x03 \x03")).toEqual([{ type: "estop" }, { type: "interrupt" }]);
});

test.each(robotNames)("the gestures of %s have keys of their own and are actions of its task", async (name) => {
  const { gestures = [], settings, task } = await loadRobot(name);
  const keys = gestures.map(({ key }) => key);
  expect(gestures.length).toBeGreaterThanOrEqual(2);
  expect(new Set([...keys, ...RESERVED_KEYS]).size).toBe(keys.length + RESERVED_KEYS.length);
  expect(new Set(gestures.map((gesture) => gesture.name)).size).toBe(gestures.length);
  for (const { key, action } of gestures) {
    expect([...key]).toHaveLength(1);
    expect(action).toHaveLength(task(settings).action.length);
    for (const value of action) expect(Math.abs(value)).toBeLessThanOrEqual(1);
  }
});
