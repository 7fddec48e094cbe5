import { expect, test } from "vitest";
import { endpoint, expectPositionals, parseArguments, wholeNumber } from "../../runtime/cli/arguments.ts";
import { typedSettings } from "../../runtime/cli/options.ts";
import { UsageError } from "../../runtime/cli/usage-error.ts";

const TABLE = { run: "text", steps: "text", clock: "text", preset: "text", json: "flag" } as const;
const parse = (...argv: string[]) => parseArguments("teach", argv, TABLE);

test("settings are told from options by the dot in their name, with or without =", () => {
  const args = parse("a1", "--learner.replay.batch=8", "--json", "--task.start", "belly", "--run", "x", "--seed.x=-1");
  expect(args.positionals).toEqual(["a1"]);
  expect(args.values).toEqual({ run: "x" });
  expect([...args.flags]).toEqual(["json"]);
  expect(args.overrides).toEqual([
    ["learner.replay.batch", "8"],
    ["task.start", "belly"],
    ["seed.x", "-1"],
  ]);
});

test("short options are settings too, and a dotted one after them wins", () => {
  expect(typedSettings("teach", parse("--preset", "robot-tiny", "--learner.preset=robot-std"))).toEqual([
    ["learner.preset", "robot-tiny"],
    ["learner.preset", "robot-std"],
  ]);
});

test.each<[string, () => unknown, string]>([
  [
    "an unknown option",
    () => parse("--stpes", "3"),
    "teach: expected one of --run, --steps, --clock, --preset, --json, found --stpes",
  ],
  [
    "a short unknown one",
    () => parse("-x"),
    "teach: expected one of --run, --steps, --clock, --preset, --json, found -x",
  ],
  ["a name of every object", () => parse("--constructor"), "found --constructor"],
  ["an option without value", () => parse("--run"), "teach: expected a value after --run, found none"],
  ["an option for a value", () => parse("--run", "--json"), "teach: expected a value after --run, found --json"],
  ["an empty value", () => parse("--run="), "teach: expected a value after --run, found none"],
  ["a setting without value", () => parse("--task.start"), "teach: expected a value after --task.start, found none"],
  ["a flag with a value", () => parse("--json=yes"), 'teach: expected no value after --json, found "yes"'],
  ["no robot", () => expectPositionals("teach", ["robot"], parse()), "teach: expected <robot>, found nothing"],
  [
    "two robots",
    () => expectPositionals("teach", ["robot"], parse("a1", "b2")),
    'teach: expected no more arguments, found "b2"',
  ],
  [
    "half a step",
    () => wholeNumber("teach", "steps", "1.5", 1),
    'teach: expected a whole number from 1 up after --steps, found "1.5"',
  ],
  [
    "no step",
    () => wholeNumber("teach", "steps", "0", 1),
    'teach: expected a whole number from 1 up after --steps, found "0"',
  ],
  [
    "a port too high",
    () => wholeNumber("teach", "port", "70000", 1, 65535),
    'teach: expected a whole number from 1 to 65535 after --port, found "70000"',
  ],
  [
    "an endpoint without port",
    () => endpoint("robot", "learner", "tcp://host"),
    'robot: expected --learner to look like tcp://127.0.0.1:5556 or nats://127.0.0.1:4222, found "tcp://host"',
  ],
  [
    "another clock",
    () => typedSettings("teach", parse("--clock", "fast")),
    'teach: expected --clock to be one of realtime, lockstep, found "fast"',
  ],
  [
    "another preset, dotted",
    () => typedSettings("teach", parse("--learner.preset=huge")),
    'teach: expected --preset to be one of robot-tiny, robot-small, robot-std, found "huge"',
  ],
])("%s is refused in one line", (_, act, message) => {
  expect(act).toThrow(UsageError);
  expect(act).toThrow(message);
});
