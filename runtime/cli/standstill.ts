import type { View } from "./view.ts";

/** Why a robot does not move, since when, and the one thing that mends it. `nowMs`: Unix time. */
export function standstillText({ robot, people, keys }: View, nowMs: number): string {
  if (robot === undefined) return "";
  const { state, standstill } = robot;
  const reset = keys ? "r resets" : 'the order "reset" resets';
  const resume = keys ? "p resumes" : 'the order "resume" resumes';
  if (standstill === undefined) return people.paused && state === "ready" ? `paused; ${resume}` : state;
  const since = `${standstill.text} ${Math.max(0, Math.round((nowMs - standstill.sinceMs) / 1000))} s ago`;
  if (state === "estop") return `${since}; ${reset}`;
  if (state === "fault") return `fault: ${standstill.cause}: ${since}; ${reset}`;
  if (standstill.cause === "operator" || people.paused) return `${since}; ${resume}`;
  return `${state}: ${standstill.cause}: ${since}; goes on by itself when that is over`;
}

/** Who steers, where it is not the policy. */
export function steeringText({ people: { steering }, keys }: View): string | undefined {
  if (steering === undefined) return undefined;
  return keys ? `you hold "${steering}"; backspace gives back` : `a person holds "${steering}"`;
}
