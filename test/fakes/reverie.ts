import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { resolve } from "node:path";

/** The command as it is built; `npm run build` first. */
export const MAIN = resolve(import.meta.dirname, "../../dist/runtime/cli/main.js");

/** Of a robot that says often where it stands: a test waits less. */
export const OFTEN = "--runtime.supervisor.statusMs=100";

/** A line of `--json`. */
export interface Line {
  readonly type: "robot" | "learner" | "note" | "people" | "played";
  readonly text: string;
  readonly state: string;
  readonly steps: number;
  readonly sequence: number;
  readonly ticks: number;
  readonly updates: number;
  readonly standstill?: { readonly cause: string; readonly text: string };
  readonly interventions: number;
  readonly policyVersion: number;
  readonly steering?: string;
  readonly metrics?: Readonly<Record<string, number>>;
}

/** A command that says its lines as `--json`, in its processes, as a person would start it. */
export class Reverie {
  readonly lines: Line[] = [];
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;
  stderr = "";

  constructor(args: readonly string[], input: "pipe" | "ignore" = "pipe") {
    this.#child = spawn(process.execPath, [MAIN, ...args], { stdio: [input, "pipe", "pipe"] });
    let rest = "";
    this.#child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      const parts = (rest + text).split("\n");
      rest = parts.pop()!;
      this.lines.push(...parts.map((line) => JSON.parse(line) as Line));
    });
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.exited = new Promise((done) => this.#child.on("close", done));
  }

  /** Resolves with the first line like that after the `from` ones before. Rejects when it ends without. */
  async until(like: (line: Line) => boolean, from = 0): Promise<Line> {
    let ended = false;
    void this.exited.then(() => {
      ended = true;
    });
    for (;;) {
      const found = this.lines.slice(from).find(like);
      if (found !== undefined) return found;
      if (ended) throw new Error(`ended first: ${this.stderr}${JSON.stringify(this.lines.slice(-5))}`);
      await new Promise((wake) => setTimeout(wake, 5));
    }
  }

  last(type: Line["type"]): Line {
    return this.lines.findLast((line) => line.type === type)!;
  }

  /** Types a line, and waits for what comes of it. */
  async type(line: string | object, like: (line: Line) => boolean): Promise<Line> {
    const from = this.lines.length;
    this.write(`${typeof line === "string" ? line : JSON.stringify(line)}\n`);
    return this.until(like, from);
  }

  write(text: string): void {
    this.#child.stdin!.write(text);
  }

  closeInput(): void {
    this.#child.stdin!.end();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends the process that runs `process/<name>.js` somewhere below this one, at once. */
  killPart(name: string): void {
    const all = spawnSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).stdout.trim().split("\n");
    const rows = all.map((row) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row)!.slice(1) as [string, string, string]);
    const family = new Set([String(this.#child.pid)]);
    for (let size = 0; size !== family.size; ) {
      size = family.size;
      for (const [pid, parent] of rows) if (family.has(parent)) family.add(pid);
    }
    const [pid] = rows.find(([id, , args]) => family.has(id) && args.includes(`/process/${name}.js`)) ?? [];
    if (pid === undefined) throw new Error(`no process ${name} below ${this.#child.pid}`);
    process.kill(Number(pid), "SIGKILL");
  }
}
