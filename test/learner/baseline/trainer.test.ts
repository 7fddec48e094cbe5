import { expect, test } from "vitest";
import { createTrainer } from "../../../learner/baseline/trainer.ts";
import { Random } from "../../../runtime/random.ts";
import { CONFIG, randomBatch, SCHEMA } from "./tiny.ts";

const random = new Random(8, "sac trainer");
const batches = Array.from({ length: 3 }, () => randomBatch(random));

test("a state that is loaded elsewhere goes on with the same numbers", async () => {
  const [one, other] = [await createTrainer(SCHEMA, CONFIG, 1), await createTrainer(SCHEMA, CONFIG, 2)];
  await one.update(batches[0]!);
  await one.update(batches[1]!);
  const state = one.state();
  const metrics = await one.update(batches[2]!);
  expect(one.state()).not.toEqual(state);
  await other.update(batches[0]!);
  other.load(state);
  expect(other.state()).toEqual(state);
  expect(await other.update(batches[2]!)).toEqual(metrics);
  expect(other.state()).toEqual(one.state());
  expect(other.policyWeights()).toEqual(one.policyWeights());
  await Promise.all([one.close(), other.close()]);
});

test("the state of another size is refused by name", async () => {
  const trainer = await createTrainer(SCHEMA, CONFIG, 1);
  const wider = await createTrainer(SCHEMA, { ...CONFIG, sac: { ...CONFIG.sac, units: 9 } }, 1);
  expect(() => trainer.load(wider.state())).toThrow(
    'sac state: expected "actor/0/kernel" of shape [18,8], found [18,9]',
  );
  const { "target/q2/out/bias": _, ...rest } = trainer.state();
  expect(() => trainer.load(rest)).toThrow('sac state: expected "target/q2/out/bias" of shape [1], found none');
  await Promise.all([trainer.close(), wider.close()]);
});
