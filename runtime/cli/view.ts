import type { LearnerStatus } from "../../learner/train/status.ts";
import type { State } from "../governor/states.ts";
import { addTallies, NO_STEPS, type Tally } from "../governor/tally.ts";
import type { RobotStatus } from "../supervisor/status.ts";
import { type AtTheMachine, NOBODY } from "./keyboard/controls.ts";

interface Bucket {
  /** Robot time at its end, s. */
  readonly until: number;
  readonly sum: number;
  readonly steps: number;
}

/** A run as it is shown: the newest reports, and the reward of the last hour. */
export interface View {
  readonly title: string;
  /** Steps a second; undefined where it is not known, and then there is no robot time. */
  readonly rateHz: number | undefined;
  /** Steps at which learning starts; undefined where that is not known. */
  readonly fill: number | undefined;
  readonly robot: RobotStatus | undefined;
  readonly learner: LearnerStatus | undefined;
  readonly people: AtTheMachine;
  /** Whether keys are heard. */
  readonly keys: boolean;
  /** When the present stage began, s of robot time. */
  readonly stageSince: number;
  readonly stagesSeen: readonly string[];
  /** Reward in spans of `BUCKET_SECONDS` of robot time, newest last. */
  readonly rewards: readonly Bucket[];
  /** All steps since this start. */
  readonly total: Tally;
}

const BUCKET_SECONDS = 30;
const MOST_BUCKETS = 3600 / BUCKET_SECONDS;

export function emptyView(title: string, rateHz: number | undefined, fill: number | undefined): View {
  return {
    title,
    rateHz,
    fill,
    robot: undefined,
    learner: undefined,
    people: NOBODY,
    keys: false,
    stageSince: 0,
    stagesSeen: [],
    rewards: [],
    total: NO_STEPS,
  };
}

/** Robot time since the run began, s. */
export function robotSeconds({ robot, learner, rateHz }: View): number | undefined {
  return rateHz === undefined ? undefined : (robot?.sequence ?? learner?.steps ?? 0) / rateHz;
}

/** The view after a report of the robot, and what in it deserves a line of its own. */
export function seeRobot(view: View, robot: RobotStatus): { view: View; events: string[] } {
  const now = robot.sequence / (view.rateHz ?? 1);
  const before = view.robot;
  const newStage = robot.stage !== before?.stage;
  const firstTime = robot.stage !== "" && !view.stagesSeen.includes(robot.stage);
  const events: string[] = [];
  if (firstTime && view.stagesSeen.length > 0) events.push(`${robot.stage}, for the first time since this start`);
  if (before !== undefined) {
    const learns = robot.link !== undefined;
    if (learns && before.policyVersion === 0 && robot.policyVersion > 0)
      events.push("acting with the first policy it learned");
    if (robot.state !== before.state && !isUsual(before.state, robot.state))
      events.push(`robot: ${before.state} → ${robot.state}`);
    const { state, diskError } = robot.link ?? {};
    if (state !== before.link?.state && state !== "closed") events.push(`link: ${state}`);
    if (diskError !== before.link?.diskError) events.push(`robot: ${diskError ?? "the disk is well again"}`);
  }
  return {
    view: {
      ...view,
      robot,
      stageSince: newStage ? now : view.stageSince,
      stagesSeen: firstTime ? [...view.stagesSeen, robot.stage] : view.stagesSeen,
      rewards: addReward(view.rewards, now, robot),
      total: addTallies(view.total, robot),
    },
    events,
  };
}

/** Whether a change of state deserves no word: it starts to move, or is let go at the end. */
function isUsual(before: State, now: State): boolean {
  const waiting = before === "unpowered" || before === "ready";
  return now === "unpowered" || (waiting && (now === "ready" || now === "engaged"));
}

function addReward(
  rewards: readonly Bucket[],
  now: number,
  { rewardMean, rewardSteps: steps }: RobotStatus,
): readonly Bucket[] {
  if (rewardMean === undefined) return rewards;
  const last = rewards.at(-1);
  if (last !== undefined && now <= last.until) {
    return [...rewards.slice(0, -1), { ...last, sum: last.sum + rewardMean * steps, steps: last.steps + steps }];
  }
  const until = Math.ceil(now / BUCKET_SECONDS) * BUCKET_SECONDS;
  return [...rewards, { until, sum: rewardMean * steps, steps }].slice(-MOST_BUCKETS);
}

/** The view after a report of the learner, and what in it deserves a line of its own. */
export function seeLearner(view: View, learner: LearnerStatus): { view: View; events: string[] } {
  const before = view.learner;
  const events: string[] = [];
  if (learner.phase === "learning" && before !== undefined && before.phase !== "learning") {
    events.push(`learning, from ${learner.steps} steps`);
  }
  if (learner.diskError !== before?.diskError) events.push(`learner: ${learner.diskError ?? "the disk is well again"}`);
  return { view: { ...view, learner }, events };
}

/** Mean reward per step of the `seconds` of robot time that ended `ago` seconds ago; undefined without steps in them. */
export function meanReward({ rewards }: View, seconds: number, ago = 0): number | undefined {
  const end = (rewards.at(-1)?.until ?? 0) - ago;
  const part = rewards.filter(({ until }) => until <= end && until > end - seconds);
  const steps = part.reduce((sum, bucket) => sum + bucket.steps, 0);
  return steps > 0 ? part.reduce((sum, bucket) => sum + bucket.sum, 0) / steps : undefined;
}
