import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { reasonToRefuse } from "../../../learner/train/hello.ts";
import { robotNames } from "../../../robots/catalogue.ts";
import { assertPolicyFor, publishedPath } from "../../../runtime/cli/policy-source.ts";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import { Downlink } from "../../../runtime/link/downlink.ts";
import { Policy } from "../../../runtime/policy/policy.ts";
import { type StepSchema, schemaHash } from "../../../runtime/step.ts";
import { readBundle } from "../../../runtime/wire/bundle.ts";
import { PROTOCOL } from "../../../runtime/wire/messages.ts";
import { misfit } from "../../../runtime/wire/policy-fit.ts";
import { schemaDifferences } from "../../../runtime/wire/schema-difference.ts";
import { bundleOf, policyParts, schema } from "../policy/bundles.ts";

let directory = "";
beforeAll(() => {
  directory = fs.mkdtempSync(join(tmpdir(), "reverie-fit-"));
});
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

const ROBOT: StepSchema = { ...schema, servoRateHz: 100, calibration: "3f2a" };
const [ANGLE] = schema.observation;
const seeing = (change: Partial<typeof ANGLE>) => ({ observation: [{ ...ANGLE!, ...change }] });

/** What a policy may be for instead, and what a person is told. */
const OTHERS: readonly [string, Partial<StepSchema>, string][] = [
  ["robot", { robot: "leg", joints: ["hip"] }, 'robot: expected "arm", found "leg"'],
  ["task", { task: "wave" }, 'task: expected "reach", found "wave"'],
  ["policy rate", { policyRateHz: 25 }, "policyRateHz: expected 20, found 25"],
  ["servo rate", { servoRateHz: 200 }, "servoRateHz: expected 100, found 200"],
  ["joint order", { joints: ["b", "a"] }, 'joints: expected ["a","b"], found ["b","a"]'],
  ["action", { action: ["b", "a"] }, 'action: expected ["a","b"], found ["b","a"]'],
  ["unit", seeing({ units: ["rad", "°"] }), 'observation angle: unit of number 1: expected "rad", found "°"'],
  ["sensor", seeing({ name: "speed" }), 'observation: expected ["angle"], found ["speed"]'],
  ["size", seeing({ shape: [3] }), "observation angle: shape: expected [2], found [3]"],
  ["type", seeing({ dtype: "uint8" }), 'observation angle: dtype: expected "float32", found "uint8"'],
  ["reward offset", { rewardOffset: 5 }, "rewardOffset: expected 0, found 5"],
  ["end of an episode", { canTerminate: true }, "canTerminate: expected false, found true"],
  ["calibration", { calibration: "9b01" }, 'calibration: expected "3f2a", found "9b01"'],
];

test.each(OTHERS)(
  "a policy for another %s is refused wherever one comes in, and it is said why",
  async (_, change, why) => {
    const other: StepSchema = { ...ROBOT, ...change };
    const parts = policyParts(3, 1, 0, ROBOT);
    const manifest = { ...parts.manifest, schema: other, schemaHash: schemaHash(other) };
    const bundle = bundleOf({ ...parts, manifest });
    const expected = `policy 3: it is not for this robot as it is now: ${why}`;

    const policy = new Policy(ROBOT, 1, "test", RUNTIME_DEFAULTS.policy);
    await expect(policy.accept(bundle)).rejects.toThrow(expected);
    expect(policy.version).toBe(0);

    const source = { bundle, path: "", from: "runs/arm", saved: undefined, notes: [] };
    expect(() => assertPolicyFor(ROBOT, source)).toThrow(`runs/arm: ${expected}`);

    const swaps: string[] = [];
    const downlink = new Downlink({
      directory: join(directory, "policy"),
      schema: ROBOT,
      settings: RUNTIME_DEFAULTS.policy,
      lockstep: true,
      swap: (path) => swaps.push(path),
      timeoutMs: 1,
      report: () => {},
    });
    await expect(downlink.take(manifest, parts.weights, parts.graph)).rejects.toThrow(expected);
    expect(swaps).toEqual([]);

    const hello = {
      type: "hello",
      protocol: PROTOCOL,
      robot: other.robot,
      stream: "one",
      schema: other,
      schemaHash: schemaHash(other),
      next: 0,
      lockstep: false,
      graphHash: "",
      policyVersion: 0,
    } as const;
    if (other.observation.every(({ dtype }) => dtype === "float32")) {
      expect(reasonToRefuse(hello, { schema: ROBOT, lockstep: false })).toBe(
        `this run learns another robot or task: ${why}`,
      );
    }
  },
);

test("a policy in another format is refused before anything of it is believed", () => {
  const { manifest, graph, weights } = policyParts(3, 1, 0, ROBOT);
  const newer = { ...manifest, formatVersion: 2 };
  expect(() => bundleOf({ manifest: newer, graph, weights })).toThrow("policy 3: expected format 1, found 2");
});

test("a policy whose schema was changed by hand, or is none, is refused", () => {
  const { manifest } = policyParts(3, 1, 0, ROBOT);
  expect(misfit(ROBOT, manifest)).toBeUndefined();
  expect(misfit(ROBOT, { ...manifest, schemaHash: "0" })).toMatch(/^expected its schema's hash to be \w+, found 0$/);
  for (const none of [undefined, null, {}, { ...ROBOT, servoRateHz: "fast" }]) {
    expect(misfit(ROBOT, { ...manifest, schema: none as never })).toMatch(/found something else$/);
  }
});

test("several differences are told together; what an older schema does not say is not compared", () => {
  expect(schemaDifferences(ROBOT, structuredClone(ROBOT))).toEqual([]);
  expect(schemaDifferences(ROBOT, { ...ROBOT, policyRateHz: 50, calibration: "" })).toEqual([
    "policyRateHz: expected 20, found 50",
    'calibration: expected "3f2a", found ""',
  ]);
  const { servoRateHz, calibration, ...older } = ROBOT;
  expect(schemaDifferences(ROBOT, older)).toEqual([]);
  expect(schemaDifferences(older, ROBOT)).toEqual([]);
});

test("the policies that come with robots say all that is compared", () => {
  const published = robotNames.map((name) => publishedPath(name)).filter((path) => fs.existsSync(path));
  expect(published.length).toBeGreaterThan(0);
  for (const path of published) {
    const { schema } = readBundle(path).manifest;
    expect(schema).toMatchObject({ servoRateHz: expect.any(Number), calibration: "" });
  }
});

test("a policy that reads vectors alone fits a robot that sees, and one that does not", () => {
  const { manifest } = policyParts(3, 1, 0, ROBOT);
  const eye = { name: "eye", dtype: "uint8", shape: [2, 2, 3], units: ["1"] } as const;
  expect(misfit({ ...ROBOT, observation: [...ROBOT.observation, eye] }, manifest)).toBeUndefined();
  expect(misfit(ROBOT, manifest)).toBeUndefined();
});
