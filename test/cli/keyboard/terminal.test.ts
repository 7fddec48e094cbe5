import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MAIN, OFTEN } from "../../fakes/reverie.ts";
import { reacherRun } from "../reacher-run.ts";

/** util-linux's `script` gives a command a terminal; the one of macOS and BSD takes other options. */
const hasScript = /util-linux/.test(spawnSync("script", ["--version"], { encoding: "utf8" }).stdout ?? "");
const inTerminal = test.runIf(hasScript);
const KEYBOARD = resolve(import.meta.dirname, "../../../dist/runtime/cli/keyboard/keyboard.js");

let directory = "";
let run = "";
let terminal: Terminal | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "reverie-terminal-"));
  run = reacherRun();
});
afterEach(async () => {
  terminal?.end();
  await terminal?.exited;
  for (const each of [directory, run]) rmSync(each, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

/** A shell in a terminal of its own that says what the terminal was like before and after a command. */
class Terminal {
  readonly exited: Promise<number | null>;
  readonly #child: ChildProcess;
  shown = "";

  constructor(command: string) {
    const shell = join(directory, "commands.sh");
    writeFileSync(shell, `cd ${directory}\nstty -a > before\n${command}\necho $? > code\nstty -a > after\n`);
    this.#child = spawn("script", ["-qc", `sh ${shell}`, "/dev/null"], {
      stdio: "pipe",
      env: { ...process.env, TMPDIR: directory },
    });
    this.#child.stdout!.setEncoding("utf8").on("data", (text: string) => {
      this.shown += text;
    });
    this.exited = new Promise((done) => this.#child.on("close", done));
  }

  async sees(pattern: RegExp, from = 0): Promise<void> {
    const until = performance.now() + 20_000;
    while (!pattern.test(this.shown.slice(from))) {
      if (performance.now() > until)
        throw new Error(`expected ${pattern}, found ${JSON.stringify(this.shown.slice(-800))}`);
      await new Promise((wake) => setTimeout(wake, 20));
    }
  }

  /** A key, and what is seen of it. */
  async press(key: string, pattern: RegExp): Promise<void> {
    const from = this.shown.length;
    this.#child.stdin!.write(key);
    await this.sees(pattern, from);
    await new Promise((wake) => setTimeout(wake, 150)); // the next is a key of its own
  }

  type(text: string): void {
    this.#child.stdin!.write(text);
  }

  end(): void {
    this.#child.kill("SIGKILL");
  }
}

const read = (name: string) => readFileSync(join(directory, name), "utf8");

function play(): Terminal {
  const command = `${process.execPath} ${MAIN} play reacher --clock=realtime ${OFTEN} --run ${run}`;
  terminal = new Terminal(`sh -c 'echo $$ > pid; exec ${command}'`);
  return terminal;
}

inTerminal(
  "keys do what they say, and q gives the terminal back as it was",
  async () => {
    const robot = play();
    await robot.sees(/keys +space emergency stop, p pause/);
    await robot.sees(/robot +(at the goal|reaching) for/);
    await robot.press("?", /ends the episode; it worked; it failed/);
    await robot.press("s", /steers +you hold "straight"; backspace gives back/);
    await robot.press("w", /step \d+ ends its episode: worked; nothing is kept/);
    await robot.press("p", /robot +paused \d+ s ago; p resumes/);
    await robot.press("hello-rp", /several keys at once: nothing was done/);
    await robot.press("p", /robot +(at the goal|reaching) for/);
    await robot.press(" ", /robot +emergency stop from the terminal \d+ s ago; r resets/);
    await robot.press("r", /robot +(at the goal|reaching) for/);
    await robot.press("\x1a", /Ctrl-Z does not stop the robot/);
    await robot.press("q", /stopping in order/);
    await robot.exited;
    expect(read("code").trim()).toBe("0");
    expect(read("after")).toBe(read("before"));
  },
  90_000,
);

inTerminal.each<[string, (robot: Terminal) => void]>([
  ["Ctrl-C", (robot) => robot.type("\x03")],
  ["SIGTERM", () => process.kill(Number(read("pid")), "SIGTERM")],
])(
  "%s gives the terminal back",
  async (_, act) => {
    const robot = play();
    await robot.sees(/keys +space/);
    act(robot);
    await robot.exited;
    expect(read("code").trim()).toBe("0");
    expect(read("after")).toBe(read("before"));
  },
  60_000,
);

inTerminal(
  "an error nobody caught gives the terminal back",
  async () => {
    const crash = join(directory, "crash.mjs");
    writeFileSync(
      crash,
      `import { Keyboard } from ${JSON.stringify(KEYBOARD)};
    new Keyboard({ input: process.stdin, gestures: [], onCommand() {}, onSeveral() {}, onGone() {} });
    process.stdout.write("raw ");
    setTimeout(() => { throw new Error("crash"); }, 100);`,
    );
    terminal = new Terminal(`${process.execPath} ${crash} 2> /dev/null`);
    await terminal.exited;
    expect(terminal.shown).toContain("raw");
    expect(read("code").trim()).toBe("1");
    expect(read("after")).toBe(read("before"));
  },
  30_000,
);

inTerminal(
  "in the background no keys are heard, and the command is not stopped for it",
  async () => {
    terminal = new Terminal(
      `set -m; ${process.execPath} ${MAIN} play reacher --clock=realtime --seconds=1 --run ${run} & wait $!`,
    );
    await terminal.exited;
    expect(terminal.shown).toMatch(/no keys are heard in the background; kill -USR2 \d+ is the emergency stop/);
    expect(read("code").trim()).toBe("0");
  },
  30_000,
);

inTerminal(
  "a terminal that goes away ends the run in order",
  async () => {
    const robot = play();
    await robot.sees(/robot +(at the goal|reaching) for/);
    robot.end();
    const pid = Number(read("pid"));
    const until = performance.now() + 15_000;
    while (lives(pid) && performance.now() < until) await new Promise((wake) => setTimeout(wake, 50));
    expect(lives(pid)).toBe(false);
  },
  30_000,
);

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
