import type { Finding } from "../../../runtime/cli/doctor/finding.ts";
import type { Need } from "../../../runtime/cli/doctor/need.ts";
import type { Ran, System } from "../../../runtime/cli/doctor/system.ts";

export interface Fake {
  /** Text by path; what is listed or linked is separate. */
  readonly files?: Readonly<Record<string, string>>;
  readonly folders?: Readonly<Record<string, readonly string[]>>;
  readonly links?: Readonly<Record<string, string>>;
  /** Paths this user may not open. */
  readonly refused?: readonly string[];
  /** By the program's name; a script by "script". */
  readonly programs?: Readonly<Record<string, Partial<Ran> | ((args: readonly string[]) => Partial<Ran>)>>;
  readonly over?: Partial<System>;
}

/** A computer that has what the test says, and nothing else. */
export function fakeSystem({
  files = {},
  folders = {},
  links = {},
  refused = [],
  programs = {},
  over = {},
}: Fake = {}): System {
  const ran = async (name: string, args: readonly string[]): Promise<Ran | undefined> => {
    const program = programs[name];
    if (program === undefined) return undefined;
    const said = typeof program === "function" ? program(args) : program;
    return { code: 0, stdout: "", stderr: "", ...said };
  };
  return {
    platform: "linux",
    node: "v22.1.0",
    user: "ada",
    env: {},
    list: (path) => folders[path] ?? [],
    read: (path) => files[path],
    link: (path) => links[path],
    access: (path) => {
      if (refused.includes(path)) return "no";
      const parent = path.slice(0, path.lastIndexOf("/"));
      const there = path in files || path in folders || folders[parent]?.includes(path.slice(parent.length + 1));
      return there ? "yes" : "missing";
    },
    groupOf: () => undefined,
    run: ran,
    script: (code, args) => ran("script", [code, ...args]),
    lateness: async () => ({ lateMs: [0.01], driftPpm: 0 }),
    free: () => 1e12,
    disk: () => ({ syncMs: [1], speedMb: 100 }),
    memory: () => ({ total: 16, available: 8 }),
    greet: async () => {
      throw new Error("connect ECONNREFUSED");
    },
    ...over,
  };
}

export const NOTHING: Need = {
  driver: "sim",
  robot: undefined,
  cameras: [],
  port: "",
  baud: 0,
  slackMs: 8,
  rosbridge: "",
  learner: "",
  keys: undefined,
  learnerName: undefined,
  run: "/runs/x",
  provider: "cpu",
};

/** "pass what", as tests compare them. */
export const verdicts = (findings: readonly Finding[]): string[] =>
  findings.map(({ verdict, what }) => `${verdict} ${what}`);
