/** Which process fails; "nothing": none, to see what happens without. */
export const CAUSES = ["policy", "governor", "supervisor", "link", "learner", "nothing"] as const;
export type Cause = (typeof CAUSES)[number];

/** How it fails: SIGKILL, SIGSTOP, a loop without end, an error nobody catches, memory used up. */
export const HOWS = ["kill", "stop", "busy", "throw", "memory"] as const;
export type How = (typeof HOWS)[number];
