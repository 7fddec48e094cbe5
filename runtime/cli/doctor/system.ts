import type { SystemFiles } from "../../../drivers/serial/port-advice.ts";

/** How a program ended. */
export interface Ran {
  /** undefined: killed, as by the time limit. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface DiskSpeed {
  /** Of each write of a small block, ms. */
  readonly syncMs: readonly number[];
  /** MB/s, with the sync. */
  readonly speedMb: number;
}

/** What of the computer the doctor looks at; a test has its own. Nothing here changes anything. */
export interface System extends SystemFiles {
  readonly platform: string;
  /** As "v20.19.0". */
  readonly node: string;
  readonly user: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether this user may read and write it. */
  access(path: string): "yes" | "no" | "missing";
  /** Name of the group a file belongs to; undefined where the system does not tell. */
  groupOf(path: string): string | undefined;
  /** undefined: there is no such program. Never rejects. */
  run(program: string, args: readonly string[], timeoutMs: number): Promise<Ran | undefined>;
  /** Runs lines of JavaScript in a Node of their own, so that what crashes crashes there. */
  script(code: string, args: readonly string[], timeoutMs: number): Promise<Ran | undefined>;
  /** How late the loop's own sleep wakes, ms, and how many millionths faster than it the wall clock went. */
  lateness(rateHz: number, seconds: number): Promise<{ readonly lateMs: readonly number[]; readonly driftPpm: number }>;
  /** Bytes that this user may still write where `path` is or would be. */
  free(path: string): number;
  /** Of the disk under `path`, in a file that is gone before it is written. Throws where none can be made. */
  disk(path: string, syncs: number, writeMb: number, budgetMs: number): DiskSpeed;
  /** GB */
  memory(): { readonly total: number; readonly available: number };
  /** Connects, says `hello`, and hears `bytes` or fewer; how long both took, ms. Rejects with the reason. */
  greet(
    host: string,
    port: number,
    hello: Uint8Array,
    bytes: number,
    timeoutMs: number,
  ): Promise<{ readonly heard: Uint8Array; readonly connectMs: number; readonly answerMs: number }>;
}
