import type { LearnerStatus } from "../../learner/train/status.ts";
import type { StreamReport } from "../../learner/train/stream-record.ts";
import type { LinkStatus } from "../ipc.ts";
import { standstillText, steeringText } from "./standstill.ts";
import { meanReward, robotSeconds, type View } from "./view.ts";

const BARS = "▁▂▃▄▅▆▇█";
const BARS_SHOWN = 30;
/** A shorter pause deserves no word. */
const GC_SHOWN_MS = 2;

/** Robots of a learner that are shown. */
const MOST_ROBOTS = 6;

const KEYS = "space emergency stop, p pause, q end, ? what the others do";

/** The block that is redrawn in place on a terminal; no line is longer than `columns`. `nowMs`: Unix time. */
export function renderBlock(view: View, columns: number, nowMs = Date.now()): string[] {
  const { robot, learner } = view;
  const rows: [name: string, text: string][] = [];
  if (robot !== undefined) {
    rows.push(["robot", stageText(view, nowMs)]);
    const steering = steeringText(view);
    if (steering !== undefined) rows.push(["steers", steering]);
    rows.push(["reward", `${rewardText(view)}  ${sparkline(view)}`]);
    rows.push(["policy", policyText(view)]);
  }
  if (learner !== undefined) rows.push(["learner", learnerText(learner)]);
  if (learner !== undefined) rows.push(...robotRows(learner, robot !== undefined));
  if (robot !== undefined) rows.push(["loop", loopText(view)]);
  if (robot?.link !== undefined) rows.push(["link", linkText(robot.link, learner)]);
  if (learner?.diskError !== undefined) rows.push(["disk", learner.diskError]);
  if (view.keys) rows.push(["keys", KEYS]);
  const seconds = robotSeconds(view);
  const title = `${seconds === undefined ? "" : `${clock(seconds)}  `}${view.title}, ${stepsText(view)}`;
  return [title, ...rows.map(([name, text]) => `  ${name.padEnd(8)} ${text}`)].map((line) => cut(line, columns));
}

/** One line that says it all, for logs and pipes. */
export function renderLine(view: View, nowMs = Date.now()): string {
  const { robot, learner } = view;
  const seconds = robotSeconds(view);
  const parts = [seconds === undefined ? view.title : clock(seconds), stepsText(view)];
  if (robot !== undefined) {
    const steering = steeringText(view);
    parts.push(
      stageText(view, nowMs),
      ...(steering === undefined ? [] : [steering]),
      `reward ${rewardText(view)}`,
      policyText(view),
      loopText(view),
    );
    if (robot.link !== undefined && robot.link.spoolDepth > 0)
      parts.push(`${count(robot.link.spoolDepth)} steps waiting`);
  }
  if (learner !== undefined) parts.push(learnerText(learner));
  return parts.join(" | ");
}

function stepsText({ robot, learner }: View): string {
  return `${count(robot?.sequence ?? learner?.steps ?? 0)} steps`;
}

function stageText(view: View, nowMs: number): string {
  const { stage, state } = view.robot ?? { stage: "", state: "" };
  if (state !== "engaged") return standstillText(view, nowMs);
  return stage === "" ? "moving" : `${stage} for ${clock((robotSeconds(view) ?? 0) - view.stageSince)}`;
}

function rewardText(view: View): string {
  const recent = meanReward(view, 300);
  const arrow = trend(recent, meanReward(view, 300, 300));
  return `${fixed(view.robot?.rewardMean)} a step now, ${fixed(recent)} over 5 min${arrow}`;
}

/** Up or down when the last five minutes differ from the five before by more than 2 %. */
function trend(recent: number | undefined, earlier: number | undefined): string {
  if (recent === undefined || earlier === undefined) return "";
  const change = recent - earlier;
  if (Math.abs(change) <= 0.02 * Math.abs(earlier)) return " →";
  return change > 0 ? " ↗" : " ↘";
}

function sparkline(view: View): string {
  const means = view.rewards.slice(-BARS_SHOWN).map(({ sum, steps }) => sum / steps);
  const low = Math.min(...means);
  const span = Math.max(...means) - low;
  return means.map((mean) => BARS[span > 0 ? Math.round(((mean - low) / span) * (BARS.length - 1)) : 0]).join("");
}

function policyText({ robot, fill }: View): string {
  if (robot === undefined) return "";
  if (robot.link === undefined)
    return robot.policyVersion === 0 ? "none in force yet" : `version ${robot.policyVersion}`;
  if (robot.policyVersion === 0) {
    const until = fill === undefined ? "until a policy comes" : `learning starts at step ${fill}`;
    return `exploring with random held actions, ${until}`;
  }
  const age = robot.policyAgeSeconds === undefined ? "" : `, ${Math.round(robot.policyAgeSeconds)} s old`;
  return `version ${robot.policyVersion}${age}`;
}

function learnerText(learner: LearnerStatus): string {
  if (learner.phase === "waiting") return "waiting for a robot";
  if (learner.phase === "preparing") return "preparing, it takes some seconds";
  if (learner.phase === "filling") return `collecting steps, ${count(learner.steps)} of ${count(learner.fill)}`;
  const parts = [`${count(learner.updates)} updates`];
  if (learner.phase === "pretraining") parts.push("first ones");
  if (learner.ratio !== undefined) parts.push(`${learner.ratio.toFixed(2)} a step`);
  if (learner.updateMs !== undefined) parts.push(`${learner.updateMs.toFixed(0)} ms each`);
  if (learner.owed >= 5) parts.push(`${Math.floor(learner.owed)} owed`);
  return parts.join(", ");
}

function loopText({ robot }: View): string {
  if (robot === undefined) return "";
  const { p50Ms, p99Ms, maxMs } = robot.loop.lateness;
  const late = `late by ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)}, max ${maxMs.toFixed(1)}`;
  const { longestMs } = robot.gc;
  const pause = longestMs >= GC_SHOWN_MS ? `, longest GC pause ${longestMs.toFixed(1)} ms` : "";
  return `${late}; ticks missed ${robot.missedTicks}, starved ${robot.starvedTicks}${pause}`;
}

/** Each robot of a learner by itself, where there are several or none is shown otherwise. */
function robotRows({ streams = {} }: LearnerStatus, isShown: boolean): [name: string, text: string][] {
  const all = Object.entries(streams);
  if (all.length < 2 && isShown) return [];
  return all.slice(0, MOST_ROBOTS).map(([stream, report]) => [`· ${stream.slice(0, 6)}`, robotText(report)]);
}

function robotText(report: StreamReport): string {
  const { connected, rows, rowsPerSecond, age, reward, intervened, policyVersion, gaps, resent } = report;
  const parts = [connected ? `${rowsPerSecond.toFixed(rowsPerSecond < 100 ? 1 : 0)} steps/s` : "away", count(rows)];
  if (age?.durable !== undefined) {
    parts.push(`${milliseconds(age.durable.p50)} old, p99 ${milliseconds(age.durable.p99)}`);
  }
  parts.push(`reward ${fixed(reward)}`, `policy ${policyVersion}`);
  if (intervened !== undefined && intervened > 0) parts.push(`${Math.round(100 * intervened)} % by a person`);
  if (gaps > 0) parts.push(`${gaps} ${gaps === 1 ? "gap" : "gaps"}`);
  if (resent > 0) parts.push(`${count(resent)} sent again`);
  return parts.join(", ");
}

/** The rows' age is that of the robot's that fares worst. */
function linkText({ state, spoolDepth, clock }: LinkStatus, learner: LearnerStatus | undefined): string {
  const parts = [state, `${count(spoolDepth)} steps waiting`];
  const ages = Object.values(learner?.streams ?? {}).flatMap(({ age }) => age?.durable ?? []);
  if (ages.length > 0) {
    const { p50, p99 } = ages.reduce((worst, age) => (age.p99 > worst.p99 ? age : worst));
    parts.push(`kept ${milliseconds(p50)} after they were taken, p99 ${milliseconds(p99)}`);
  }
  if (clock !== undefined) parts.push(`clocks known to ${milliseconds(clock.error)}`);
  return parts.join(", ");
}

function milliseconds(seconds: number): string {
  return `${(1000 * seconds).toFixed(seconds < 0.01 ? 1 : 0)} ms`;
}

function cut(line: string, columns: number): string {
  return line.length > columns ? `${line.slice(0, Math.max(0, columns - 1))}…` : line;
}

/** h:mm:ss */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value % 60).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60))}:${two(whole)}`;
}

/** A whole number with its thousands apart. */
export function count(value: number): string {
  return Math.floor(value).toLocaleString("en-US");
}

function fixed(value: number | undefined): string {
  return value === undefined ? "–" : value.toFixed(2);
}
