import type { LearnerStatus } from "../../learner/train/status.ts";

/** What a person is told about the robot. Times in seconds of the robot's own time unless named otherwise. */
export interface RobotView {
  /** Steps of the whole run. */
  readonly steps: number;
  readonly stage: string;
  /** "engaged", "held", "fault" … */
  readonly state: string;
  /** Mean reward per step since the last report, and how many steps that was. */
  readonly reward: number;
  readonly rewardSteps: number;
  /** 0 while it explores without a policy. */
  readonly policyVersion: number;
  readonly policyAgeSeconds: number | undefined;
  readonly latenessMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly missed: number;
  readonly starved: number;
  /** "connected", "connecting" … */
  readonly link: string;
  /** Steps on the robot's disk that the learner has not confirmed. */
  readonly spooled: number;
}

interface Bucket {
  readonly sum: number;
  readonly steps: number;
}

/** A run as it is shown. Grows by a number every `BUCKET_SECONDS` for the newest hour, and not more. */
export interface View {
  readonly title: string;
  readonly rateHz: number;
  /** Steps at which learning starts. */
  readonly fill: number;
  readonly robot: RobotView | undefined;
  readonly learner: LearnerStatus | undefined;
  /** When the present stage began, s of robot time. */
  readonly stageSince: number;
  readonly stagesSeen: readonly string[];
  /** Reward by `BUCKET_SECONDS` of robot time, newest last. */
  readonly rewards: readonly Bucket[];
  readonly bucket: number;
}

export const BUCKET_SECONDS = 30;
const MOST_BUCKETS = 3600 / BUCKET_SECONDS;

export function emptyView(title: string, rateHz: number, fill: number): View {
  const nothing = { robot: undefined, learner: undefined, stageSince: 0, stagesSeen: [], rewards: [], bucket: -1 };
  return { title, rateHz, fill, ...nothing };
}

/** Robot time since the run began, s. */
export function robotSeconds(view: View): number {
  return (view.robot?.steps ?? view.learner?.steps ?? 0) / view.rateHz;
}

/** The view after a report of the robot, and what in it deserves a line of its own. */
export function seeRobot(view: View, robot: RobotView): { view: View; events: string[] } {
  const now = robot.steps / view.rateHz;
  const before = view.robot;
  const events: string[] = [];
  const newStage = robot.stage !== before?.stage;
  const firstTime = robot.stage !== "" && !view.stagesSeen.includes(robot.stage);
  if (newStage && firstTime && before !== undefined) events.push(`${robot.stage}, for the first time in this session`);
  if (before !== undefined && robot.state !== before.state) events.push(`robot ${before.state} → ${robot.state}`);
  if (before !== undefined && robot.link !== before.link) events.push(`link ${before.link} → ${robot.link}`);
  if (before?.policyVersion === 0 && robot.policyVersion > 0) events.push("acting with its first learned policy");

  const bucket = Math.floor(now / BUCKET_SECONDS);
  const added = { sum: robot.reward * robot.rewardSteps, steps: robot.rewardSteps };
  const last = view.rewards.at(-1);
  const rewards =
    bucket === view.bucket && last !== undefined
      ? [...view.rewards.slice(0, -1), { sum: last.sum + added.sum, steps: last.steps + added.steps }]
      : [...view.rewards, added].slice(-MOST_BUCKETS);
  return {
    view: {
      ...view,
      robot,
      stageSince: newStage ? now : view.stageSince,
      stagesSeen: firstTime ? [...view.stagesSeen, robot.stage] : view.stagesSeen,
      rewards: robot.rewardSteps > 0 ? rewards : view.rewards,
      bucket: robot.rewardSteps > 0 ? bucket : view.bucket,
    },
    events,
  };
}

/** The view after a report of the learner, and what in it deserves a line of its own. */
export function seeLearner(view: View, learner: LearnerStatus): { view: View; events: string[] } {
  const before = view.learner;
  const events: string[] = [];
  if (learner.phase === "learning" && before !== undefined && before.phase !== "learning") {
    events.push(`learning has started, after ${learner.steps} steps`);
  }
  if (learner.diskError !== undefined && learner.diskError !== before?.diskError) events.push(learner.diskError);
  if (learner.diskError === undefined && before?.diskError !== undefined)
    events.push("the learner's disk is well again");
  return { view: { ...view, learner }, events };
}

/** Mean reward per step of `count` buckets, the newest `skip` left out; undefined when there are no steps in them. */
export function meanReward({ rewards }: View, count: number, skip = 0): number | undefined {
  const part = rewards.slice(Math.max(0, rewards.length - skip - count), Math.max(0, rewards.length - skip));
  const steps = part.reduce((sum, bucket) => sum + bucket.steps, 0);
  return steps > 0 ? part.reduce((sum, bucket) => sum + bucket.sum, 0) / steps : undefined;
}
