import { PRESETS } from "../../learner/config.ts";
import type { Arguments } from "./arguments.ts";
import { DRIVERS } from "./drivers.ts";
import { UsageError } from "./usage-error.ts";

/** What `teach`, `robot` and `learner` have in common. */
export const RUN_OPTIONS = { run: "text", seed: "text", clock: "text", json: "flag" } as const;

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  clock: ["realtime", "lockstep"],
  driver: DRIVERS,
  preset: Object.keys(PRESETS),
};

/** How much of its noise a policy acts with. */
const MODES: Readonly<Record<string, number>> = { sample: 1, mean: 0 };

/** The setting that `--mode` stands for; none when it was not typed. */
export function policySettings(command: string, mode: string | undefined): (readonly [string, string])[] {
  if (mode === undefined) return [];
  if (!Object.hasOwn(MODES, mode)) {
    throw new UsageError(`${command}: expected --mode to be one of ${Object.keys(MODES).join(", ")}, found "${mode}"`);
  }
  return [["runtime.policy.noise", String(MODES[mode])]];
}

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
