import type { Gesture } from "../../../robots/definition.ts";
import { MARKS, type Mark } from "../../governor/orders.ts";

/** What a person at the machine can ask for with one key. */
export type Command =
  | { readonly type: "estop" | "reset" | "pause" | "release" | "help" }
  | { readonly type: "mark"; readonly mark: Mark }
  | { readonly type: "gesture"; readonly gesture: Gesture }
  /** End in order: once ("stop"), or, asked again, at once ("interrupt"). */
  | { readonly type: "stop" | "interrupt" }
  /** Ctrl-Z. */
  | { readonly type: "suspend" };

const mark = (mark: Mark): Command => ({ type: "mark", mark });

/** Keys that mean the same with every robot. */
const KEYS: Readonly<Record<string, Command>> = {
  " ": { type: "estop" },
  r: { type: "reset" },
  p: { type: "pause" },
  e: mark(MARKS[0]),
  w: mark(MARKS[1]),
  f: mark(MARKS[2]),
  "\x7f": { type: "release" },
  "\b": { type: "release" },
  "?": { type: "help" },
  q: { type: "stop" },
  "\x03": { type: "interrupt" },
  "\x1a": { type: "suspend" },
};

/** Keys that a gesture must not have. */
export const RESERVED_KEYS: readonly string[] = Object.keys(KEYS);

/** What must not wait for anything: it is meant wherever it stands, alone or in the middle of pasted text. */
export function urgentCommands(chunk: string): readonly Command[] {
  return [" ", "\x03"].filter((key) => chunk.includes(key)).map((key) => KEYS[key]!);
}

/** What one key means; undefined for one that means nothing, and for several. */
export function commandOf(text: string, gestures: readonly Gesture[]): Command | undefined {
  if (Object.hasOwn(KEYS, text)) return KEYS[text];
  const gesture = gestures.find(({ key }) => key === text);
  return gesture && { type: "gesture", gesture };
}

/** What the keys do, a line each. */
export function keyLines(gestures: readonly Gesture[]): string[] {
  const lines: [key: string, what: string][] = [
    ["space", "emergency stop, at once; stays until r"],
    ["r", "reset after an emergency stop or a fault"],
    ["p", "pause; again: resume"],
    ["e  w  f", "ends the episode; it worked; it failed"],
    ...gestures.map(({ key, name }): [string, string] => [
      key,
      `you hold "${name}" in place of the policy; again: back`,
    ]),
    ["backspace", "gives back to the policy"],
    ["q  Ctrl-C", "end in order; Ctrl-C again: at once"],
  ];
  return lines.map(([key, what]) => `  ${key.padEnd(11)}${what}`);
}
