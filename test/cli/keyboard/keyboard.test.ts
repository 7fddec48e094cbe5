import { EventEmitter } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Keyboard, type KeyInput } from "../../../runtime/cli/keyboard/keyboard.ts";

/** A terminal whose typist is the test. */
class FakeTerminal extends EventEmitter {
  readonly modes: boolean[] = [];
  setRawMode(mode: boolean): this {
    this.modes.push(mode);
    return this;
  }
  readonly pause = vi.fn(() => this);
  readonly resume = vi.fn(() => this);
  readonly setEncoding = vi.fn(() => this);
  readonly unref = vi.fn(() => this);
}

let terminal: FakeTerminal;
let keyboard: Keyboard;
let heard: string[];
beforeEach(() => {
  vi.useFakeTimers();
  terminal = new FakeTerminal();
  heard = [];
  keyboard = new Keyboard({
    input: terminal as unknown as KeyInput,
    gestures: [{ key: "s", name: "stand", action: [0] }],
    onCommand: (command) => heard.push(command.type),
    onSeveral: () => heard.push("several"),
    onGone: () => heard.push("gone"),
  });
});
afterEach(() => {
  keyboard.close();
  vi.useRealTimers();
});

/** Chunks with the time in ms after each. */
function type(...chunks: (readonly [string, number])[]): string[] {
  heard.length = 0;
  for (const [chunk, ms] of chunks) {
    terminal.emit("data", chunk);
    vi.advanceTimersByTime(ms);
  }
  return [...heard];
}

test("a key alone counts once it is seen to be alone; a space counts at once", () => {
  expect(type(["r", 99])).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(heard).toEqual(["reset"]);
  expect(type(["p", 150], ["s", 150])).toEqual(["pause", "gesture"]);
  expect(type([" ", 0])).toEqual(["estop"]);
  vi.advanceTimersByTime(1000);
  expect(heard).toEqual(["estop"]);
});

test.each([
  ["in one piece", [["spread-rope\nq", 200]], ["several"]],
  ["in pieces of one character", [..."pwrq"].map((key) => [key, 20] as const), ["several"]],
  [
    "with a space before a piece of one key",
    [
      ["hello", 5],
      [" ", 5],
      ["r", 500],
    ],
    ["estop", "several"],
  ],
  ["of one space and a key", [[" r", 500]], ["estop", "several"]],
  [
    "of one key twice, as a key that is held repeats",
    [
      ["p", 40],
      ["p", 40],
      ["p", 500],
    ],
    ["several"],
  ],
] as [string, [string, number][], string[]][])(
  "text pasted %s orders nothing but the emergency stop",
  (_, chunks, said) => {
    type(...chunks);
    vi.advanceTimersByTime(1000);
    expect(heard).toEqual(said);
  },
);

test.each([
  ["an arrow", [["\x1b[A", 200]]],
  [
    "an arrow in two pieces",
    [
      ["\x1b[", 30],
      ["r", 200],
    ],
  ],
  [
    "a function key in three",
    [
      ["\x1b", 5],
      ["O", 5],
      ["p", 200],
    ],
  ],
  ["a key with Alt", [["\x1br", 200]]],
] as [string, [string, number][]][])("%s is no key of ours", (_, chunks) => {
  expect(type(...chunks)).toEqual([]);
});

test("the terminal is raw until it is closed, and nothing is heard after", () => {
  expect(terminal.modes).toEqual([true]);
  terminal.emit("data", "r");
  keyboard.close();
  keyboard.close();
  vi.advanceTimersByTime(1000);
  terminal.emit("data", " ");
  expect(heard).toEqual([]);
  expect(terminal.modes).toEqual([true, false]);
  expect(process.listeners("exit").some((listener) => String(listener).includes("setRawMode"))).toBe(false);
});

test("a terminal that goes away is told, and giving it back may fail", () => {
  terminal.setRawMode = () => {
    throw new Error("EIO");
  };
  terminal.emit("end");
  terminal.emit("error", new Error("EIO"));
  expect(heard).toEqual(["gone", "gone"]);
});
