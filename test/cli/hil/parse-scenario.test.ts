import { expect, test } from "vitest";
import type { RobotDefinition } from "../../../robots/definition.ts";
import { DKITTY } from "../../../robots/dkitty/dkitty.ts";
import { SO101 } from "../../../robots/so101/so101.ts";
import { UR5 } from "../../../robots/ur5/ur5.ts";
import { lineOf } from "../../../runtime/cli/hil/json-line.ts";
import { parseScenario } from "../../../runtime/cli/hil/parse-scenario.ts";
import { machineFaults, span, timetable } from "../../../runtime/cli/hil/timetable.ts";

const so101 = SO101 as unknown as RobotDefinition;
const whole = (fields: object) => ({ name: "n", what: "w", robots: ["so101"], seconds: 5, ...fields });
const parse = (fields: object) => parseScenario("s.json", JSON.stringify(whole(fields), undefined, 1), so101);

test("joints become ids, probabilities shares; times count from the scenario's 0", () => {
  const scenario = parse({
    faults: [
      { kind: "drop", joint: "elbow_flex", probability: 0.1, at: 2, for: 1 },
      { kind: "wrong-id", id: 4, to: 9, at: 0 },
      { kind: "stop", process: "policy", at: 1, for: 4 },
    ],
    person: [{ at: 3, order: "reset" }],
  });
  expect(machineFaults(scenario)).toEqual([
    { kind: "drop", servo: 3, share: 0.1, from: 2, for: 1 },
    { kind: "wrong-id", servo: 4, id: 9, from: 0 },
  ]);
  expect(timetable(scenario).map(({ at, what }) => [at, Object.keys(what)[0]])).toEqual([
    [1, "fail"],
    [3, "order"],
    [5, "goOn"],
  ]);
  expect(span(scenario)).toEqual({ first: 0, last: 5 });
});

test("a robot's own end state is what its spec says, and limp where one that holds may rest", () => {
  const text = JSON.stringify(whole({ expect: { endState: "own" } }));
  const expected = (robot?: unknown) =>
    parseScenario("s.json", text, robot as RobotDefinition | undefined).expect.endState;
  expect([expected(SO101), expected(DKITTY), expected()]).toEqual(["hold or limp", "damp", "own"]);
  expect(parse({ expect: { endState: "own", cause: "estop" } }).expect.endState).toBe("stop");
});

test("how soon the end state has to come may be another time for each robot", () => {
  const both = { robots: ["so101", "dkitty"], expect: { endStateMs: { so101: 300, dkitty: 500 } } };
  expect(parse(both).expect).toEqual({ endStateMs: 300 });
  expect(parseScenario("s.json", JSON.stringify(whole(both))).expect).toEqual({});
  expect(() => parse({ expect: { endStateMs: { dkitty: 500 } } })).toThrow('expected one of so101, found "dkitty"');
  expect(() => parse({ expect: { endStateMs: { so101: -1 } } })).toThrow("expected a number of at least 0, found -1");
});

test("the time of day jumps either way, and is right again where that is asked for", () => {
  const scenario = parse({
    faults: [
      { kind: "clock-step", hours: -3, at: 1 },
      { kind: "clock-step", hours: 24, at: 2, for: 3 },
    ],
  });
  expect(machineFaults(scenario)).toEqual([]);
  expect(timetable(scenario)).toEqual([
    { at: 1, what: { clockHours: -3 } },
    { at: 2, what: { clockHours: 24 } },
    { at: 5, what: { clockHours: 0 } },
  ]);
  expect(span(scenario)).toEqual({ first: 1, last: 5 });
});

test.each([
  [{ seconds: "long" }, /^s\.json:7: seconds: expected a number of at least 0, found "long"$/],
  [{ speed: 1 }, /^s\.json:8: speed: expected one of name, what, .*, found "speed"$/],
  [{ faults: [{ kind: "kill", at: 1, process: "cat" }] }, /^s\.json:12: faults\[0\]\.process: expected one of policy,/],
  [
    { faults: [{ kind: "kill", process: "policy" }] },
    /faults\[0\]\.at: expected s, a number of at least 0, found none/,
  ],
  [{ faults: [{ kind: "fire", at: 1 }] }, /faults\[0\]: expected a kind of drop, .*kill.*net-cut/],
  [
    { faults: [{ kind: "dead", joint: "knee", at: 1 }] },
    /joint: expected a joint of so101: shoulder_pan, .* found "knee"/,
  ],
  [{ faults: [{ kind: "clock-step", at: 1 }] }, /faults\[0\]\.hours: expected a number, below 0 for back, found none/],
  [{ faults: [{ kind: "drop", at: 1, probability: 2 }] }, /faults\[0\]: expected .*a share up to 1/],
  [{ person: [{ at: 1, order: "dance" }] }, /person\[0\]\.order: expected one of reset, estop/],
  [{ expect: { endStateMs: "soon" } }, /expect\.endStateMs: expected a number/],
])("%j is refused with its line and its field", (fields, message) => {
  expect(() => parse(fields)).toThrow(message);
});

test("of a robot on ROS 2 joints stay names, and its faults are those of topics", () => {
  const on = (faults: object[], definition?: RobotDefinition) =>
    parseScenario("s.json", JSON.stringify(whole({ faults }), undefined, 1), definition);
  const ur5 = UR5 as unknown as RobotDefinition;
  const faults = [
    { kind: "missing-joint", joint: "elbow_joint", at: 2, for: 1 },
    { kind: "delay", topic: "state", ms: 50, probability: 0.5, at: 3 },
    { kind: "unplug", reported: true, at: 4 },
  ];
  expect(machineFaults(on(faults, ur5))).toEqual([
    { kind: "missing-joint", joint: "elbow_joint", from: 2, for: 1 },
    { kind: "delay", topic: "state", ms: 50, share: 0.5, from: 3 },
    { kind: "unplug", reported: true, from: 4 },
  ]);
  expect(machineFaults(on(faults))).toHaveLength(3);
  expect(() => on([{ kind: "not-finite", joint: "knee", at: 1 }], ur5)).toThrow(/expected a joint of ur5: .*"knee"/);
  expect(() => on([{ kind: "dead", joint: "elbow_joint", at: 1 }], ur5)).toThrow(/expected a kind of silent, drop/);
  expect(() => on([{ kind: "missing-joint", joint: "elbow_flex", at: 1 }], so101)).toThrow(/expected a kind of drop/);
});

test("what is not JSON is refused with its line", () => {
  expect(() => parseScenario("s.json", '{\n "name": "a",\n what }')).toThrow(/^s\.json:3: expected JSON/);
});

test("the line of a value, also behind strings that look like structure", () => {
  const text = '{\n "a": "}],\\"",\n "b": [\n  1,\n  { "c": 2 }\n ]\n}';
  expect([["a"], ["b", 0], ["b", 1, "c"], ["b", 7], ["z"]].map((path) => lineOf(text, path))).toEqual([2, 4, 5, 3, 1]);
});
