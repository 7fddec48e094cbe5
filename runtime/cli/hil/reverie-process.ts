import { type ChildProcess, spawn } from "node:child_process";
import { childrenOf } from "../failures/family.ts";

/** A line of `--json`, as far as a rehearsal reads it. */
export interface JsonLine {
  readonly type: string;
  readonly text?: string;
  readonly state?: string;
  readonly steps?: number;
  readonly sequence?: number;
  readonly missedTicks?: number;
  readonly starvedTicks?: number;
  readonly lostSteps?: number;
  readonly standstill?: { readonly cause: string; readonly text: string };
}

const MAIN = new URL("../main.js", import.meta.url).pathname;

/** One of the product's own commands, started as a person would, whose lines are read and who can be typed to. */
export class ReverieProcess {
  readonly lines: JsonLine[] = [];
  /** Resolves to its exit code. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  #hasEnded = false;
  #errors = "";

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, [MAIN, ...args, "--json"], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    let rest = "";
    this.#child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      const parts = (rest + text).split("\n");
      rest = parts.pop()!;
      for (const part of parts) this.lines.push(JSON.parse(part) as JsonLine);
    });
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.#errors += text;
    });
    this.#child.stdin!.on("error", () => {});
    this.ended = new Promise((resolve) => {
      this.#child.on("close", (code) => {
        this.#hasEnded = true;
        resolve(code);
      });
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Everything a person got to read. */
  get said(): string {
    const texts = this.lines.flatMap(({ text, standstill }) => [text ?? "", standstill?.text ?? ""]);
    return [...texts, this.#errors].join("\n");
  }

  last(type: string): JsonLine | undefined {
    return this.lines.findLast((line) => line.type === type);
  }

  type(line: object): void {
    this.#child.stdin!.write(`${JSON.stringify(line)}\n`);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Its processes that can fail, by name. */
  parts(): ReadonlyMap<string, number> {
    const own = childrenOf(this.#child.pid!);
    const supervisor = own.get("supervisor");
    return supervisor === undefined ? own : new Map([...own, ...childrenOf(supervisor)]);
  }
}
