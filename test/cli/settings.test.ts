import { expect, test } from "vitest";
import { LEARNER_DEFAULTS } from "../../learner/config.ts";
import { resolveSettings } from "../../runtime/cli/settings.ts";
import { UsageError } from "../../runtime/cli/usage-error.ts";
import { savable } from "../../runtime/config.ts";

const defaults = {
  robot: "a1",
  seed: 0,
  clock: "realtime",
  task: { start: "back", reach: Number.POSITIVE_INFINITY },
  learner: LEARNER_DEFAULTS,
};
const file = (settings: object) => JSON.parse(JSON.stringify(savable(settings)));

test("a new run is its defaults under what was typed", () => {
  const { settings, before, notes } = resolveSettings(defaults, undefined, [["learner.replay.batch", "8"]], "runs/a1");
  expect(settings.learner.replay).toEqual({ ...LEARNER_DEFAULTS.replay, batch: 8 });
  expect(before).toBeUndefined();
  expect(notes).toEqual([]);
});

test("a run that goes on keeps what was typed at its first start", () => {
  const first = resolveSettings(defaults, undefined, [["learner.replay.batch", "8"]], "runs/a1");
  const again = resolveSettings(defaults, file(first.file), [], "runs/a1");
  expect(again.settings).toEqual(first.settings);
  expect(again.notes).toEqual([]);
});

test("what is typed at a later start wins, is said, and is kept", () => {
  const first = resolveSettings(defaults, undefined, [["task.reach", "2"]], "runs/a1");
  const second = resolveSettings(defaults, file(first.file), [["task.reach", "3"]], "runs/a1");
  expect(second.notes).toEqual(["task.reach is 3 from now on, it was 2"]);
  expect(second.changes).toEqual([{ setting: "task.reach", was: 2, is: 3 }]);
  expect(resolveSettings(defaults, file(second.file), [], "runs/a1").settings.task.reach).toBe(3);
});

test("groups of another command stay in the file", () => {
  const saved = file(resolveSettings(defaults, undefined, [["task.reach", "2"]], "runs/a1").file);
  const learner = resolveSettings(
    { seed: 0, clock: "realtime", learner: LEARNER_DEFAULTS },
    saved,
    [["seed", "5"]],
    "runs/a1",
  );
  expect(learner.settings).not.toHaveProperty("task");
  expect(file(learner.file)).toEqual({ ...saved, seed: 5 });
});

test("a group that nobody saved is new: nothing in it has changed, and what it fixes may be chosen", () => {
  const { learner: _, ...saved } = file(defaults) as typeof defaults;
  const { settings, changes } = resolveSettings(defaults, saved, [["learner.preset", "robot-tiny"]], "runs/a1");
  expect(settings.learner.preset).toBe("robot-tiny");
  expect(changes).toEqual([]);
});

test("a setting that no longer exists is named and left out", () => {
  const { settings, notes } = resolveSettings(defaults, { ...file(defaults), old: 1 }, [], "runs/a1");
  expect(notes).toEqual(["runs/a1/config.json: old is no setting any more and is left out"]);
  expect(settings).not.toHaveProperty("old");
});

test.each<[string, unknown, [string, string][], string]>([
  [
    "another robot",
    { ...defaults, robot: "ur5" },
    [],
    "runs/a1: expected robot ur5, whose run this is, found a1; use another --run <dir>",
  ],
  [
    "another network",
    file(defaults),
    [["learner.preset", "robot-tiny"]],
    "runs/a1: expected learner.preset to stay robot-small, found robot-tiny; --run <dir> starts another run",
  ],
  [
    "another algorithm",
    file(defaults),
    [["learner.algorithm", "sac"]],
    "runs/a1: expected learner.algorithm to stay dreamer, found sac; --run <dir> starts another run",
  ],
  ["a list", [1], [], "runs/a1/config.json: expected settings by name, found [1]"],
  [
    "a value of another type",
    { seed: "x" },
    [],
    "runs/a1/config.json: seed: expected number 0 or the like, found string x",
  ],
  [
    "a saved value out of range",
    { seed: -1 },
    [],
    "runs/a1/config.json: seed: expected a whole number from 0 up, found -1",
  ],
])("%s is refused", (_, saved, typed, message) => {
  expect(() => resolveSettings(defaults, saved, typed, "runs/a1")).toThrow(message);
});

test.each<[string, string, string]>([
  ["learner.replay.bach", "8", "--learner.replay.bach: expected one of capacity, bytes, batch"],
  ["learner.replay.batch", "0", "--learner.replay.batch: expected a whole number from 1 up, found 0"],
  ["learner.train.ratio", "-1", "--learner.train.ratio: expected a number from 0 up, found -1"],
  ["learner.algorithm", "ppo", '--learner.algorithm: expected one of dreamer, sac, found "ppo"'],
  ["learner.replay.streams", "fair", '--learner.replay.streams: expected one of rows, equal, found "fair"'],
  ["learner.replay.mixture.ends", "-1", "--learner.replay.mixture.ends: expected a number from 0 up, found -1"],
  ["learner.replay.mixture.halfLife", "0", "--learner.replay.mixture.halfLife: expected a number above 0, found 0"],
  ["learner.replay.batch", "x", '--learner.replay.batch: expected a number, found "x"'],
])("--%s=%s was typed wrongly", (path, text, message) => {
  const act = () => resolveSettings(defaults, undefined, [[path, text]], "runs/a1");
  expect(act).toThrow(UsageError);
  expect(act).toThrow(message);
});
