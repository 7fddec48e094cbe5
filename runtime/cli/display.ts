import { BUCKET_SECONDS, meanReward, robotSeconds, type View } from "./view.ts";

const FIVE_MINUTES = 300 / BUCKET_SECONDS;
const BARS = "▁▂▃▄▅▆▇█";

/** The block that is redrawn in place on a terminal; no line is longer than `columns`. */
export function renderBlock(view: View, columns: number): string[] {
  const { robot, learner } = view;
  const lines = [`${clock(robotSeconds(view))}  ${view.title}, ${count(robot?.steps ?? learner?.steps ?? 0)} steps`];
  const row = (name: string, text: string) => lines.push(`  ${name.padEnd(9)}${text}`);
  if (robot !== undefined) {
    row("robot", `${stageText(view)}${robot.state === "engaged" ? "" : ` (${robot.state})`}`);
    row("reward", rewardText(view));
  }
  if (learner !== undefined) row("learner", learnerText(view));
  if (robot !== undefined) {
    row("policy", policyText(view));
    const { p50, p99, max } = robot.latenessMs;
    row(
      "loop",
      `late p50 ${ms(p50)}, p99 ${ms(p99)}, max ${ms(max)}; ${robot.missed} missed, ${robot.starved} starved`,
    );
    row("link", `${robot.link}, ${count(robot.spooled)} steps waiting`);
  }
  if (learner?.diskError !== undefined) row("disk", learner.diskError);
  return lines.map((line) => (line.length > columns ? `${line.slice(0, Math.max(0, columns - 1))}…` : line));
}

/** One line that says it all, for logs and pipes. */
export function renderLine(view: View): string {
  const { robot, learner } = view;
  const parts = [clock(robotSeconds(view)), `${robot?.steps ?? learner?.steps ?? 0} steps`];
  if (robot !== undefined) {
    parts.push(stageText(view), `reward ${rewardText(view, false)}`, policyText(view));
    parts.push(`late p99 ${ms(robot.latenessMs.p99)}`, `${robot.missed} missed`, `${robot.starved} starved`);
    if (robot.state !== "engaged") parts.push(robot.state);
    if (robot.link !== "connected") parts.push(`link ${robot.link}, ${robot.spooled} steps waiting`);
  }
  if (learner !== undefined) parts.push(learnerText(view));
  return parts.filter((part) => part !== "").join(" | ");
}

function stageText(view: View): string {
  const stage = view.robot?.stage ?? "";
  return stage === "" ? "moving" : `${stage} for ${clock(robotSeconds(view) - view.stageSince)}`;
}

function rewardText(view: View, withCurve = true): string {
  const now = view.robot === undefined || view.robot.rewardSteps === 0 ? undefined : view.robot.reward;
  const recent = meanReward(view, FIVE_MINUTES);
  const text = `${fixed(now)} a step now, ${fixed(recent)} over 5 min ${trend(recent, meanReward(view, FIVE_MINUTES, FIVE_MINUTES))}`;
  return withCurve ? `${text}  ${sparkline(view)}` : text.trimEnd();
}

/** Up or down when the last five minutes differ from the five before by more than 2 %. */
function trend(recent: number | undefined, earlier: number | undefined): string {
  if (recent === undefined || earlier === undefined) return "";
  const change = recent - earlier;
  if (Math.abs(change) < 0.02 * Math.max(1e-9, Math.abs(earlier))) return "→";
  return change > 0 ? "↗" : "↘";
}

function sparkline(view: View): string {
  const means = view.rewards.slice(-30).map(({ sum, steps }) => sum / steps);
  const low = Math.min(...means);
  const span = Math.max(...means) - low;
  return means.map((mean) => BARS[span > 0 ? Math.round(((mean - low) / span) * (BARS.length - 1)) : 0]).join("");
}

function learnerText({ learner, fill }: View): string {
  if (learner === undefined) return "";
  if (learner.phase === "waiting") return "waiting for a robot";
  if (learner.phase === "preparing" && learner.steps < fill) return "preparing the training graph";
  if (learner.phase === "preparing") return "preparing the training graph, learning starts in a moment";
  if (learner.phase === "filling") return `learning starts at step ${fill}`;
  const parts = [`${count(learner.updates)} updates`];
  if (learner.phase !== "learning") parts.push(learner.phase);
  if (learner.ratio !== undefined) parts.push(`${learner.ratio.toFixed(3)} a step`);
  if (learner.updateMs !== undefined) parts.push(`${learner.updateMs.toFixed(0)} ms each`);
  if (learner.owed >= 2) parts.push(`${Math.floor(learner.owed)} owed`);
  return parts.join(", ");
}

function policyText({ robot, fill }: View): string {
  if (robot === undefined) return "";
  if (robot.policyVersion === 0) return `exploring with random held actions, learning starts at step ${fill}`;
  const age = robot.policyAgeSeconds === undefined ? "" : `, ${Math.round(robot.policyAgeSeconds)} s old`;
  return `policy ${robot.policyVersion}${age}`;
}

/** h:mm:ss */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value % 60).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60))}:${two(whole)}`;
}

export function count(value: number): string {
  return Math.floor(value).toLocaleString("en-US");
}

function fixed(value: number | undefined): string {
  return value === undefined ? "–" : value.toFixed(2);
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
