import { expect, test } from "vitest";
import type { RobotDefinition } from "../../../robots/definition.ts";
import { REACHER } from "../../../robots/reacher/reacher.ts";
import { parsePlan } from "../../../runtime/cli/experiment/plan.ts";
import { plannedRuns, runName } from "../../../runtime/cli/experiment/planned-run.ts";

const parse = (value: unknown) => parsePlan("lab.json", JSON.stringify(value));
const least = { robot: "reacher", steps: 100, seeds: [0, 1] };
const plan = (changed: object) => plannedRuns("lab.json", parse({ ...least, ...changed }), ROBOT, "runs/lab");
const ROBOT = REACHER as unknown as RobotDefinition;

test("a file needs a robot, steps and seeds; then there is one line of that name", () => {
  expect(parse(least)).toEqual({ ...least, thresholds: [], lines: [{ name: "default", overrides: [] }] });
});

test("a line's own settings win over those of all lines", () => {
  const { lines } = parse({
    ...least,
    overrides: { "learner.agent.gamma": 0.97, "task.goalX": 0.1 },
    lines: { default: {}, "gamma .99": { "learner.agent.gamma": 0.99 } },
  });
  expect(lines.map(({ name, overrides }) => [name, Object.fromEntries(overrides)])).toEqual([
    ["default", { "learner.agent.gamma": "0.97", "task.goalX": "0.1" }],
    ["gamma .99", { "learner.agent.gamma": "0.99", "task.goalX": "0.1" }],
  ]);
});

test("all seeds of the first line come first, each in its directory and with what teach is told", () => {
  const runs = plan({ lines: { default: {}, "gamma .99": { "learner.agent.gamma": 0.99 } } });
  expect(runs.map(runName)).toEqual(["default/seed0", "default/seed1", "gamma .99/seed0", "gamma .99/seed1"]);
  expect(runs[3]!.directory).toBe("runs/lab/gamma .99/seed1");
  expect(runs[3]!.arguments).toEqual([
    ...["reacher", "--clock", "lockstep", "--seed", "1"],
    "--learner.agent.gamma=0.99",
  ]);
  expect(runs[3]!.settings).toMatchObject({ seed: 1, clock: "lockstep", learner: { agent: { gamma: 0.99 } } });
});

test.each<[string, unknown, string]>([
  ["a list", [], "the whole: expected an object, found []"],
  [
    "an unknown key",
    { ...least, step: 1 },
    'expected only robot, steps, seeds, thresholds, overrides, lines, found "step"',
  ],
  [
    "no robot",
    { ...least, robot: undefined },
    "robot: expected one of a1, dkitty, go2, reacher, so101, ur5, xarm, found undefined",
  ],
  [
    "another robot",
    { ...least, robot: "r2d2" },
    'robot: expected one of a1, dkitty, go2, reacher, so101, ur5, xarm, found "r2d2"',
  ],
  ["half a step", { ...least, steps: 0.5 }, "steps: expected a whole number from 1 up, found 0.5"],
  ["steps as text", { ...least, steps: "9" }, 'steps: expected a whole number from 1 up, found "9"'],
  ["no seeds", { ...least, seeds: [] }, "seeds: expected a list of numbers, found []"],
  ["a negative seed", { ...least, seeds: [-1] }, "seeds: expected a whole number from 0 up, found -1"],
  ["a seed twice", { ...least, seeds: [1, 2, 1] }, "seeds: expected each once, found 1 twice"],
  ["a threshold as text", { ...least, thresholds: ["6"] }, 'thresholds: expected numbers, found "6"'],
  ["no lines", { ...least, lines: {} }, "lines: expected at least one, found none"],
  [
    "a line that leaves its directory",
    { ...least, lines: { "../x": {} } },
    'lines: expected names that can be a directory\'s, found "../x"',
  ],
  [
    "a line named ..",
    { ...least, lines: { "..": {} } },
    'lines: expected names that can be a directory\'s, found ".."',
  ],
  ["a line that is no object", { ...least, lines: { a: 3 } }, "lines.a: expected an object, found 3"],
  [
    "a seed among the settings",
    { ...least, overrides: { seed: 3 } },
    'overrides: expected names like learner.agent.gamma or task.start, found "seed"',
  ],
  [
    "a group as a setting",
    { ...least, lines: { a: { "task.x": {} } } },
    "lines.a: task.x: expected a number, text or a switch, found {}",
  ],
])("%s is refused", (_, value, message) => {
  expect(() => parse(value)).toThrow(`lab.json: ${message}`);
});

test("a file that is no JSON is refused", () => {
  expect(() => parsePlan("lab.json", "{")).toThrow("lab.json: expected JSON, found ");
});

test.each<[string, object, string]>([
  ["a setting that does not exist", { "learner.agent.gama": 1 }, "learner.agent.gama: expected one of actor, horizon"],
  ["a value of another type", { "learner.agent.gamma": "x" }, 'learner.agent.gamma: expected a number, found "x"'],
  ["a value out of range", { "learner.agent.gamma": 2 }, "learner.agent.gamma: expected a number from 0 to 1, found 2"],
  [
    "a network that does not exist",
    { "learner.preset": "huge" },
    'learner.preset: expected one of robot-tiny, robot-small, robot-std, found "huge"',
  ],
  ["a setting the task refuses", { "task.windowSteps": 0 }, "task.windowSteps: expected 1 to 1000000, found 0"],
  [
    "settings that do not fit together",
    { "learner.replay.capacity": 3 },
    "learner.replay.capacity: expected at least 24, found 3",
  ],
])("%s is refused before anything runs, naming the line", (_, overrides, message) => {
  expect(() => plan({ lines: { fine: {}, odd: overrides } })).toThrow(`lab.json: lines.odd: ${message}`);
});
