import { PRESETS } from "../../learner/config.ts";
import type { Arguments } from "./arguments.ts";
import { UsageError } from "./usage-error.ts";

/** What `teach`, `robot` and `learner` have in common. */
export const RUN_OPTIONS = { run: "text", seed: "text", clock: "text", json: "flag" } as const;

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  clock: ["realtime", "lockstep"],
  driver: ["sim"],
  preset: Object.keys(PRESETS),
};

/** Settings as they were typed: the short options first, then the dotted ones. */
export function typedSettings(command: string, { values, overrides }: Arguments): (readonly [string, string])[] {
  const short = (["seed", "clock", "driver", "preset"] as const).flatMap((name): [string, string][] => {
    const text = values[name];
    return text === undefined ? [] : [[name === "preset" ? "learner.preset" : name, text]];
  });
  const all = [...short, ...overrides];
  for (const [path, text] of all) {
    const name = path === "learner.preset" ? "preset" : path;
    const choices = Object.hasOwn(CHOICES, name) ? CHOICES[name] : undefined;
    if (choices !== undefined && !choices.includes(text)) {
      throw new UsageError(`${command}: expected --${name} to be one of ${choices.join(", ")}, found "${text}"`);
    }
  }
  return all;
}
