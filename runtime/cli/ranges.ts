import { CARRIERS } from "../../drivers/mock/carrier.ts";
import { ALGORITHMS, DISCARDS, STREAMS } from "../../learner/config.ts";
import { OVERRUNS } from "../governor/options.ts";
import { TRIPS, WATCHDOGS } from "../governor/watchdogs.ts";
import { IMAGE_CHOICES } from "../link/images/encode.ts";
import { ROLLBACKS } from "../link/policies/keeper.ts";
import { FORGETS } from "../link/row-sender.ts";
import { CANARIES } from "../policy/canary.ts";
import { SIGHTS } from "./sights.ts";

/** Settings whose type alone does not keep them sensible. `at` is a dotted path; a group's check covers what is there. */
interface Range {
  readonly says: string;
  readonly holds: (value: number) => boolean;
}

const count: Range = { says: "a whole number from 1 up", holds: (value) => Number.isInteger(value) && value >= 1 };
const whole: Range = { says: "a whole number from 0 up", holds: (value) => Number.isInteger(value) && value >= 0 };
const positive: Range = { says: "a number above 0", holds: (value) => value > 0 && Number.isFinite(value) };
const share: Range = { says: "a number from 0 to 1", holds: (value) => value >= 0 && value <= 1 };
const notNegative: Range = { says: "a number from 0 up", holds: (value) => value >= 0 && Number.isFinite(value) };
const priority: Range = {
  says: "a whole number from 1 to 99",
  holds: (value) => Number.isInteger(value) && value >= 1 && value <= 99,
};
const niceness: Range = {
  says: "a whole number from 0 to 19",
  holds: (value) => Number.isInteger(value) && value >= 0 && value <= 19,
};
const replicas: Range = {
  says: "a whole number from 1 to 5",
  holds: (value) => Number.isInteger(value) && value >= 1 && value <= 5,
};
const quality: Range = {
  says: "a whole number from 1 to 100",
  holds: (value) => Number.isInteger(value) && value >= 1 && value <= 100,
};
/** What a learner takes in one message. */
const batchRows: Range = {
  says: "a whole number from 1 to 4096",
  holds: (value) => Number.isInteger(value) && value >= 1 && value <= 4096,
};
const lowTorque: Range = { says: "a number above 0 up to 0.5", holds: (value) => value > 0 && value <= 0.5 };
const smallStep: Range = { says: "a number above 0 up to 0.2 rad", holds: (value) => value > 0 && value <= 0.2 };
const sequence: Range = { says: "a whole number from 2 up", holds: (value) => Number.isInteger(value) && value >= 2 };

const RANGES: Readonly<Record<string, Range>> = {
  seed: whole,
  "serial.baud": whole,
  "serial.slackMs": positive,
  "serial.openingMs": notNegative,
  "mock.seed": whole,
  "camera.*.rateHz": positive,
  "camera.*.width": count,
  "camera.*.height": count,
  "camera.*.delay": notNegative,
  "mock.slackMs": positive,
  "ros2.estopSilentMs": positive,
  ...Object.fromEntries(
    [
      "pollHz",
      "silentSeconds",
      "plausibleSpeed",
      "restSeconds",
      "stillRange",
      "stillSeconds",
      "homeTolerance",
      "directionMove",
    ].map((name) => [`calibrate.${name}`, positive]),
  ),
  "calibrate.coverage": share,
  "calibrate.supportSeconds": notNegative,
  "calibrate.auto.torqueShare": lowTorque,
  ...Object.fromEntries(
    ["speed", "lag", "stallSeconds", "jointSeconds", "temperature", "current"].map((name) => [
      `calibrate.auto.${name}`,
      positive,
    ]),
  ),
  "calibrate.latency.trials": count,
  "calibrate.latency.step": smallStep,
  ...Object.fromEntries(
    ["moved", "settleSeconds", "timeoutSeconds", "flagMs"].map((name) => [`calibrate.latency.${name}`, positive]),
  ),
  ...Object.fromEntries(
    ["seconds", "still", "tiltMin", "tiltMax", "disagreement", "gravityTolerance"].map((name) => [
      `calibrate.imu.${name}`,
      positive,
    ]),
  ),
  "runtime.governor.starvedTicksToHold": count,
  "runtime.governor.refusedToHold": count,
  "runtime.governor.handoverTicks": count,
  "runtime.watchdogs.overrun.ticks": count,
  "runtime.watchdogs.surprise.share": share,
  "runtime.watchdogs.surprise.times": positive,
  "runtime.watchdogs.surprise.after": count,
  ...Object.fromEntries(WATCHDOGS.map((name) => [`runtime.watchdogs.${name}.holdOffMs`, notNegative])),
  "runtime.governor.blockMs": notNegative,
  "runtime.governor.spinUs": notNegative,
  "runtime.governor.fifoPriority": priority,
  "runtime.policy.noise": notNegative,
  "runtime.policy.canary.questions": whole,
  "runtime.policy.canary.range": positive,
  "runtime.policy.canary.distance": positive,
  "runtime.policy.rollback.windowSteps": count,
  "runtime.policy.rollback.collapse": share,
  "runtime.policy.rollback.gain": positive,
  "runtime.policy.rollback.holdSteps": count,
  "runtime.link.nats.windowMessages": count,
  "runtime.link.nats.publishMs": positive,
  "runtime.link.nats.retryMs": positive,
  "runtime.link.nats.fetchMs": positive,
  "runtime.link.nats.pingMs": positive,
  "runtime.sim.commandTimeoutMs": notNegative,
  "runtime.link.batchRows": batchRows,
  "runtime.link.imageRawKb": notNegative,
  "runtime.link.imageQuality": quality,
  "runtime.supervisor.governorHangMs": positive,
  "runtime.supervisor.governorAliveMs": positive,
  "runtime.supervisor.statusMs": positive,
  "runtime.supervisor.relaxOpeningMs": notNegative,
  "learner.agent.horizon": count,
  "learner.agent.gamma": share,
  "learner.agent.lambda": share,
  "learner.agent.imagineLast": whole,
  "learner.agent.unimix": share,
  "learner.agent.minStd": positive,
  "learner.agent.entropyTarget": share,
  "learner.agent.entropyTargetEnd": share,
  "learner.agent.entropyHold": whole,
  "learner.agent.entropyAnneal": whole,
  "learner.agent.returnDecay": share,
  "learner.agent.slowMix": share,
  "learner.agent.model.lr": positive,
  "learner.agent.policy.lr": positive,
  "learner.agent.critic.lr": positive,
  "learner.sac.frames": count,
  "learner.sac.layers": count,
  "learner.sac.units": count,
  "learner.sac.gamma": share,
  "learner.sac.tau": share,
  "learner.sac.temperature": positive,
  "learner.sac.rewardScale": positive,
  "learner.sac.adam.lr": positive,
  "learner.replay.capacity": count,
  "learner.replay.bytes": count,
  "learner.replay.batch": count,
  "learner.replay.length": sequence,
  "learner.replay.recentShare": share,
  "learner.replay.recentSteps": count,
  "learner.replay.mixture.uniform": notNegative,
  "learner.replay.mixture.recency": notNegative,
  "learner.replay.mixture.ends": notNegative,
  "learner.replay.mixture.halfLife": positive,
  "learner.nats.replicas": replicas,
  "learner.nats.streamMb": positive,
  "learner.nats.maxAgeHours": notNegative,
  "learner.nats.dedupeSeconds": positive,
  "learner.nats.windowMessages": count,
  "learner.nats.windowMb": positive,
  "learner.nats.ackWaitMs": positive,
  "learner.nats.retryMs": positive,
  "learner.nats.keepPolicies": count,
  "learner.nats.policiesMb": positive,
  "learner.nats.storeMs": positive,
  "learner.nats.pingMs": positive,
  "learner.train.fill": count,
  "learner.train.pretrain": whole,
  "learner.train.ratio": notNegative,
  "learner.train.burst": count,
  "learner.train.threads": count,
  "learner.train.niceness": niceness,
  "learner.train.publishSeconds": positive,
  "learner.train.publishSteps": count,
  "learner.train.checkpointSeconds": positive,
  "learner.train.keepCheckpoints": count,
  "learner.train.logUpdates": count,
  "learner.report.everyUpdates": whole,
  "learner.report.batch": count,
  "learner.report.recentSteps": count,
  "learner.report.context": count,
  "learner.report.valueSteps": count,
  "learner.report.saturated": positive,
  "learner.report.actionSteps": count,
  "learner.report.collapse": share,
};

/** Words that decide what a run does: a wrong one must not reach its directory. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  "learner.algorithm": ALGORITHMS,
  "learner.nats.discard": DISCARDS,
  "learner.replay.streams": STREAMS,
  "mock.carrier": CARRIERS,
  "camera.*.from": ["off", ...SIGHTS],
  "runtime.governor.overrun": OVERRUNS,
  "runtime.link.imageEncoding": IMAGE_CHOICES,
  "runtime.link.nats.forget": FORGETS,
  "runtime.policy.canary.trip": CANARIES,
  "runtime.policy.rollback.trip": ROLLBACKS,
  ...Object.fromEntries(WATCHDOGS.map((name) => [`runtime.watchdogs.${name}.trip`, TRIPS])),
};

/** Throws on the first setting that lies outside its range, naming both. */
export function checkRanges(settings: readonly (readonly [path: string, value: unknown])[]): void {
  for (const [path, value] of settings) {
    const any = path.replace(/^camera\.[^.]+\./, "camera.*."); // a camera's name is the robot's
    const range = RANGES[any];
    if (range !== undefined && !(typeof value === "number" && range.holds(value))) {
      throw new Error(`${path}: expected ${range.says}, found ${value}`);
    }
    const choices = CHOICES[any];
    if (choices !== undefined && !choices.some((choice) => choice === value)) {
      throw new Error(`${path}: expected one of ${choices.join(", ")}, found "${value}"`);
    }
  }
}
