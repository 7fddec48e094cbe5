/** "note": nothing is wrong and nothing was asked of it, as of a camera on a robot that has none. */
export type Verdict = "pass" | "note" | "warn" | "fail";

/** One line of the report. */
export interface Finding {
  readonly verdict: Verdict;
  /** What was looked at: "/dev/ttyUSB0", "SCHED_FIFO". */
  readonly what: string;
  readonly found: string;
  /** The command that mends it, or what to do with the hands. */
  readonly fix?: string;
}

/** Findings of one kind. */
export interface Section {
  readonly title: string;
  readonly findings: readonly Finding[];
}

export const pass = (what: string, found: string): Finding => ({ verdict: "pass", what, found });
export const note = (what: string, found: string, fix?: string): Finding => finding("note", what, found, fix);
export const warn = (what: string, found: string, fix?: string): Finding => finding("warn", what, found, fix);
export const fail = (what: string, found: string, fix?: string): Finding => finding("fail", what, found, fix);

/** Missing is a failure where this robot needs it, and a note elsewhere. */
export const missing = (needed: boolean, what: string, found: string, fix?: string): Finding =>
  needed ? fail(what, found, fix) : note(what, found, fix);

function finding(verdict: Verdict, what: string, found: string, fix: string | undefined): Finding {
  return { verdict, what, found, ...(fix !== undefined && { fix }) };
}
