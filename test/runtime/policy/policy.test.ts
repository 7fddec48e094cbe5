import { expect, test } from "vitest";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import type { Question } from "../../../runtime/governor/inbox.ts";
import { Explorer } from "../../../runtime/policy/explorer.ts";
import { Policy } from "../../../runtime/policy/policy.ts";
import { Random } from "../../../runtime/random.ts";
import { bundleOf, policyParts, schema } from "./bundles.ts";

const settings = RUNTIME_DEFAULTS.policy;
const makePolicy = (seed = 1): Policy => new Policy(schema, seed, "test", settings);
const question = (tick: number, isFirst = false): Question => ({
  tick,
  isFirst,
  observation: { angle: Float32Array.of(0.25, -0.5) },
  previousAction: new Float32Array(2),
});

test("random actions are held for 5 to 15 ticks, often at their extremes, the same for a seed", () => {
  const draw = (seed: number): number[][] => {
    const explorer = new Explorer(12, new Random(seed, "x"), settings);
    return Array.from({ length: 3000 }, () => [...explorer.act()]);
  };
  const actions = draw(3);
  expect(draw(3)).toEqual(actions);
  expect(draw(4)).not.toEqual(actions);
  expect(actions.flat().every((value) => value >= -1 && value <= 1)).toBe(true);
  const extremes = actions.flat().filter((value) => Math.abs(value) === 1).length / (12 * 3000);
  expect(extremes).toBeGreaterThan(0.4);
  expect(extremes).toBeLessThan(0.6);
  const lengths: number[] = [];
  actions.forEach((action, i) => {
    if (i === 0 || action.join() !== actions[i - 1]!.join()) lengths.push(0);
    lengths[lengths.length - 1]!++;
  });
  lengths.pop();
  expect(Math.min(...lengths)).toBe(5);
  expect(Math.max(...lengths)).toBe(15);
});

test("explores as version 0 until it has a policy, then answers with that", async () => {
  const policy = makePolicy();
  expect(await policy.answer(question(0, true))).toMatchObject({ tick: 0, policyVersion: 0 });
  await policy.accept(bundleOf(policyParts(7, 2)));
  expect(await policy.answer(question(1))).toEqual({
    tick: 1,
    action: Float32Array.of(0.5, -1),
    policyVersion: 7,
    surprise: 1,
  });
  await policy.close();
});

test("the belief goes on across new weights and begins anew when a question says so", async () => {
  const policy = makePolicy();
  await policy.accept(bundleOf(policyParts(1, 1)));
  const steps: number[] = [];
  for (let tick = 0; tick < 7; tick++) {
    if (tick === 3) await policy.accept(bundleOf(policyParts(2, 3)));
    const { policyVersion } = await policy.answer(question(tick, tick === 5));
    expect(policyVersion).toBe(tick < 3 ? 1 : 2);
    steps.push(policy.surprise);
  }
  expect(steps).toEqual([1, 2, 3, 4, 5, 1, 2]);
  await policy.close();
});

test("equal seeds give equal noise, also when a policy was turned down in between", async () => {
  const actions = async (seed: number, disturb: boolean): Promise<number[][]> => {
    const policy = makePolicy(seed);
    await policy.accept(bundleOf(policyParts(1, 0, 1)));
    const out: number[][] = [];
    for (let tick = 0; tick < 5; tick++) {
      if (disturb && tick === 2) await policy.accept(bundleOf(policyParts(2, 0, 1)));
      out.push([...(await policy.answer(question(tick))).action]);
    }
    await policy.close();
    return out;
  };
  const quiet = await actions(5, false);
  expect(await actions(5, true)).toEqual(quiet);
  expect(await actions(6, false)).not.toEqual(quiet);
});

test("what is for another robot, or answers with no number, is turned down and the old policy stays", async () => {
  const policy = makePolicy();
  await policy.accept(bundleOf(policyParts(1, 2)));
  await policy.answer(question(0, true));
  const other = policyParts(2, 1, 0, { ...schema, robot: "leg" });
  await expect(policy.accept(bundleOf(other))).rejects.toThrow(
    'policy 2: it is not for this robot as it is now: robot: expected "arm", found "leg"',
  );
  const wild = policyParts(3, 3.4e38 / 0.1);
  await expect(async () => policy.accept(bundleOf(wild))).rejects.toThrow();
  const overflowing = bundleOf(policyParts(4, 3e38));
  await policy.answer({ ...question(1), observation: { angle: Float32Array.of(1e3, 1e3) } });
  await expect(policy.accept(overflowing)).rejects.toThrow("policy 4: expected finite answers");
  expect(await policy.answer(question(2))).toMatchObject({ policyVersion: 1, action: Float32Array.of(0.5, -1) });
  await policy.close();
});

test("a graph that is no graph, or of another shape than its manifest, is turned down", async () => {
  const policy = makePolicy();
  const { manifest, ...rest } = bundleOf(policyParts(1, 1));
  await expect(policy.accept({ ...rest, manifest, graph: Buffer.from("no graph") })).rejects.toThrow();
  await expect(policy.accept({ ...rest, manifest: { ...manifest, deter: 3 } })).rejects.toThrow();
  expect(policy.version).toBe(0);
});

test("a new policy first answers what the robot just met: out of range it is refused, far away it is told or refused", async () => {
  const notes: string[] = [];
  const policyWith = async (trip: string): Promise<Policy> => {
    const canary = { ...settings.canary, range: 3, distance: 0.6, trip };
    const policy = new Policy(schema, 1, "test", { ...settings, canary }, (line) => notes.push(line));
    await policy.accept(bundleOf(policyParts(1, 1)));
    for (let tick = 0; tick < 6; tick++) await policy.answer(question(tick));
    return policy;
  };
  const careful = await policyWith("refuse");
  await expect(careful.accept(bundleOf(policyParts(2, 20)))).rejects.toThrow(
    "policy 2: expected actions within ±3 on what the robot just met, found 5",
  );
  await expect(careful.accept(bundleOf(policyParts(3, -2)))).rejects.toThrow(
    "policy 3: its actions are 1.13 from those of policy 1, beyond 0.6",
  );
  await careful.accept(bundleOf(policyParts(4, 0)));
  expect(careful.version).toBe(4);
  await careful.close();

  const warned = await policyWith("warn");
  await warned.accept(bundleOf(policyParts(3, -2)));
  expect(warned.version).toBe(3);
  expect(notes).toEqual(["policy 3: its actions are 1.13 from those of policy 1, beyond 0.6"]);
  await warned.close();
});
