import { expect, test } from "vitest";
import { SimDriver } from "../../../drivers/sim/sim-driver.ts";
import { LEARNER_DEFAULTS, type LearnerConfig } from "../../../learner/config.ts";
import { ReplayStore } from "../../../learner/replay/store.ts";
import { configured } from "../../../learner/train/algorithms.ts";
import { trainHere } from "../../../learner/train/training.ts";
import { REACHER } from "../../../robots/reacher/reacher.ts";
import { VirtualClock } from "../../../runtime/clock.ts";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import { Motion, servoTicksPerPolicyTick } from "../../../runtime/governor/motion.ts";
import { Policy } from "../../../runtime/policy/policy.ts";
import { type StepSchema, schemaHash, stepSchema } from "../../../runtime/step.ts";
import { openBundle, type PolicyBundle, sha256 } from "../../../runtime/wire/bundle.ts";
import { MANIFEST_FORMAT } from "../../../runtime/wire/manifest.ts";

const SEED = 3;
const STEPS = 1600;
/** Held random actions earn 1.4 a step here, staying at the goal nearly 10. */
const LEARNED = 4;

const CONFIG: LearnerConfig = {
  ...LEARNER_DEFAULTS,
  algorithm: "sac",
  sac: { ...LEARNER_DEFAULTS.sac, units: 64, adam: { ...LEARNER_DEFAULTS.sac.adam, lr: 1e-3 } },
  replay: { ...LEARNER_DEFAULTS.replay, batch: 8, length: 16, recentSteps: 500 },
};
const FILL = 300;

/** The arm with its loop, in virtual time and this process: an action in, the step it led to out. */
async function openArm() {
  const { spec } = REACHER;
  const task = REACHER.task(REACHER.settings);
  const clock = new VirtualClock();
  const driver = new SimDriver(spec, REACHER.simulation(REACHER.settings), clock);
  const motion = new Motion(spec, task);
  await driver.open();
  let sample = await driver.read();
  motion.seed(sample.position);
  const look = () => ({ observation: task.observe(sample), reward: task.reward(sample) });
  return {
    schema: stepSchema(spec, task),
    look,
    async act(action: Float32Array) {
      motion.head(action, 0);
      for (let slot = 0; slot < servoTicksPerPolicyTick(spec); slot++) {
        await driver.write(motion.command(slot, sample.position, sample.velocity));
        await clock.sleepUntil(clock.now() + BigInt(1e9 / spec.servoRateHz));
        sample = await driver.read();
      }
      return look();
    },
    close: () => driver.close(),
  };
}

test("the arm learns to reach, with the replay, the training and the policy of a run", async () => {
  const arm = await openArm();
  const { schema } = arm;
  const training = trainHere(configured);
  const graph = await training.begin({ schema, config: CONFIG, seed: SEED });
  const store = new ReplayStore({ observation: 6, action: 2 }, 10_000, (ring) => void training.addRing(ring));
  const policy = new Policy(schema, SEED, "arm", RUNTIME_DEFAULTS.policy);

  let { observation, reward } = arm.look();
  let action: Float32Array = new Float32Array(2);
  let earned = 0;
  for (let tick = 0; tick < STEPS; tick++) {
    const isFirst = tick === 0;
    store.append("arm", {
      observation: observation.arm as Float32Array,
      action,
      reward,
      isFirst,
      isTerminal: false,
    });
    if (tick >= FILL) {
      await training.update();
      if (tick % 20 === 0) await policy.accept(bundle(schema, graph, await training.weights(), tick));
    }
    const answer = await policy.answer({ tick, isFirst, observation, previousAction: action });
    action = answer.action.map((x) => Math.min(1, Math.max(-1, x)));
    ({ observation, reward } = await arm.act(action));
    if (tick >= STEPS - 200) earned += reward / 200;
  }
  await Promise.all([training.close(), policy.close(), arm.close()]);
  expect(earned).toBeGreaterThan(LEARNED);
}, 60_000);

function bundle(
  schema: StepSchema,
  { bytes, hash, ...sizes }: Awaited<ReturnType<typeof configured.policyGraph>>,
  weights: Uint8Array,
  policyVersion: number,
): PolicyBundle {
  const manifest = {
    formatVersion: MANIFEST_FORMAT,
    policyVersion,
    learnerUpdates: policyVersion,
    transitions: policyVersion,
    schema,
    schemaHash: schemaHash(schema),
    graphHash: hash,
    weightsHash: sha256(weights),
    ...sizes,
  };
  return openBundle(manifest, bytes, weights);
}
