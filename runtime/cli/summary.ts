import { clock, count } from "./display.ts";
import { meanReward, robotSeconds, type View } from "./view.ts";

/** How a run ended: what was done, how well it went, how to go on. `command` is what starts it again. */
export function summary(view: View, command: string): string[] {
  const { robot, learner } = view;
  const done = [`${count(robot?.sequence ?? learner?.steps ?? 0)} steps`];
  const seconds = robotSeconds(view);
  if (seconds !== undefined) done[0] += ` (${clock(seconds)} of robot time)`;
  if (learner !== undefined) done.push(`${count(learner.updates)} updates`);
  if (learner !== undefined && learner.policyVersion > 0) done.push(`policy ${learner.policyVersion}`);
  const reward = meanReward(view, 300) ?? learner?.reward6000;
  return [
    `Stopped after ${done.join(", ")}.`,
    reward === undefined ? "No step was taken." : `Reward per step: ${reward.toFixed(2)} over the last 5 minutes.`,
    `Go on with it: ${asTyped(command)}`,
  ];
}

/** The command in the words it was started with. */
function asTyped(command: string): string {
  switch (process.env.npm_lifecycle_event) {
    case "start":
      return "npm start";
    case "reverie":
      return `npm run reverie -- ${command}`;
    default:
      return `reverie ${command}`;
  }
}
