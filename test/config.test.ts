import { expect, test } from "vitest";
import { leaves, override, restore, savable } from "../runtime/config.ts";
import { fc } from "./properties.ts";

const defaults = {
  seed: 0,
  clock: "realtime",
  pause: false,
  hosts: ["a"],
  limits: [1, 2],
  replay: { batch: 16, length: 24, deep: { limit: Number.POSITIVE_INFINITY } },
};

const paths = fc.constantFrom(...leaves(defaults).map(([path]) => path));

test("an override changes the leaf it names and no other", () => {
  fc.assert(
    fc.property(paths, fc.integer({ min: 2, max: 1000 }), (path, number) => {
      const old = new Map(leaves(defaults)).get(path);
      fc.pre(number !== old);
      const text = typeof old === "boolean" ? "true" : String(number);
      const after = leaves(override(defaults, path, text));
      expect(after.filter(([, value], i) => value !== leaves(defaults)[i]![1]).map(([name]) => name)).toEqual([path]);
      expect(typeof new Map(after).get(path)).toBe(typeof old);
    }),
  );
});

test("a number comes through text unchanged", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      expect(override(defaults, "replay.batch", String(value)).replay.batch).toBe(value === 0 ? 0 : value);
    }),
  );
});

test("a name that is not a setting is refused, never added", () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      fc.pre(!Object.hasOwn(defaults, name.split(".")[0]!));
      expect(() => override(defaults, name, "1")).toThrow(/expected one of seed, clock/);
    }),
  );
});

test.each([
  ["bach", "8", 'bach: expected one of seed, clock, pause, hosts, limits, replay, found "bach"'],
  ["replay.bach", "8", 'replay.bach: expected one of batch, length, deep, found "bach"'],
  ["replay", "8", "replay: expected one of its settings, batch, length, deep"],
  ["seed.x", "8", 'seed.x: expected "seed" to be the end, found "x" after it'],
  ["replay.batch", "many", 'replay.batch: expected a number, found "many"'],
  ["replay.batch", "", 'replay.batch: expected a number, found ""'],
  ["pause", "yes", 'pause: expected true or false, found "yes"'],
  ["limits", "1,x", 'limits: expected a number, found "x"'],
  ["__proto__.x", "1", 'expected one of seed, clock, pause, hosts, limits, replay, found "__proto__"'],
])("%s=%s is refused in one line", (path, text, message) => {
  expect(() => override(defaults, path, text)).toThrow(message);
});

test("lists are split at commas and keep the type of their items", () => {
  expect(override(defaults, "limits", "3,4.5").limits).toEqual([3, 4.5]);
  expect(override(defaults, "hosts", "b,c").hosts).toEqual(["b", "c"]);
});

test("what is saved as JSON comes back the same, infinity included", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: false }), fc.string(), (limit, clock) => {
      fc.pre(!Object.is(limit, -0));
      const config = { ...defaults, clock, replay: { ...defaults.replay, deep: { limit } } };
      expect(restore(defaults, JSON.parse(JSON.stringify(savable(config))))).toEqual(config);
    }),
  );
});

test("a setting that is new keeps its default, one that is gone is named, one of another type is refused", () => {
  const dropped: string[] = [];
  expect(restore(defaults, { seed: 3, replay: { batch: 8, gone: 1 } }, dropped)).toEqual({
    ...defaults,
    seed: 3,
    replay: { ...defaults.replay, batch: 8 },
  });
  expect(dropped).toEqual(["replay.gone"]);
  expect(() => restore(defaults, { replay: { batch: "8" } })).toThrow(
    "replay.batch: expected number 16 or the like, found string 8",
  );
  expect(() => restore(defaults, { replay: 8 })).toThrow("replay: expected a group of settings, found number 8");
});
