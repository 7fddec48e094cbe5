/** Which process fails; "driver": the one in the governor's; "nothing": none, to see what happens without. */
export const CAUSES = ["policy", "governor", "driver", "supervisor", "link", "learner", "nothing"] as const;
export type Cause = (typeof CAUSES)[number];

/** How: SIGKILL, SIGSTOP, a loop without end, an error nobody catches, memory used up; a driver: a read or write without end. */
export const HOWS = ["kill", "stop", "busy", "throw", "memory", "read", "write"] as const;
export type How = (typeof HOWS)[number];

/** The ways in which it can fail, of those in `hows`; for "nothing", none once. */
export function waysOf(cause: Cause, hows: readonly How[]): readonly (How | undefined)[] {
  if (cause === "nothing") return [undefined];
  return hows.filter((how) => (how === "read" || how === "write") === (cause === "driver"));
}
