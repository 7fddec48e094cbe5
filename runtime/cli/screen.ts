import { isatty } from "node:tty";
import type { LearnerEvent } from "../../learner/train/status.ts";
import type { RobotStatus } from "../supervisor/status.ts";
import { clock, renderBlock, renderLine } from "./display.ts";
import type { AtTheMachine } from "./keyboard/controls.ts";
import { Output } from "./output.ts";
import { emptyView, robotSeconds, seeLearner, seeRobot, type View } from "./view.ts";

const LINE_MS = 10_000;

/** What a person sees of a run: a block redrawn in place on a terminal, a line now and then elsewhere, or JSON lines. */
export class Screen {
  readonly #output = new Output(1);
  readonly #json: boolean;
  readonly #terminal: boolean;
  #view: View;
  #lineAt = Number.NEGATIVE_INFINITY;

  constructor(title: string, rateHz: number | undefined, fill: number | undefined, json: boolean) {
    this.#view = emptyView(title, rateHz, fill);
    this.#json = json;
    this.#terminal = !json && isatty(1);
  }

  /** Whether what goes out is for other programs. */
  get json(): boolean {
    return this.#json;
  }

  get view(): View {
    return this.#view;
  }

  robot(status: RobotStatus): void {
    if (this.#json) this.#write({ type: "robot", ...status });
    this.#see(seeRobot(this.#view, status));
  }

  /** What people at the robot do to it. */
  atTheMachine(now: AtTheMachine): void {
    if (this.#json) this.#write({ type: "people", ...now });
    this.#see({ view: { ...this.#view, people: now }, events: [] });
  }

  /** Keys are heard, and the picture may speak of them. */
  hasKeys(): void {
    this.#view = { ...this.#view, keys: true };
  }

  learner(event: LearnerEvent): void {
    if (event.type === "note") this.note(event.text);
    if (event.type === "ready") this.note(`learner: listening on ${event.endpoint}`);
    if (event.type !== "status" && event.type !== "stopped") return;
    if (this.#json) this.#write({ type: "learner", ...event.status });
    this.#see(seeLearner(this.#view, event.status));
  }

  /** One line for a person, stamped with the robot's time. */
  note(text: string): void {
    const seconds = robotSeconds(this.#view);
    if (this.#json) this.#write({ type: "note", seconds, text });
    else this.#output.line(seconds === undefined ? text : `${clock(seconds)}  ${text}`);
  }

  /** A JSON line for other programs; nothing for people. */
  result(value: object): void {
    if (this.#json) this.#write(value);
  }

  /** The page that says what keeps the robot safe: before it moves. */
  safety(page: readonly string[]): void {
    if (this.#json) this.#write({ type: "safety", page });
    else for (const text of [...page, ""]) this.#output.line(text);
  }

  /** Lines without a stamp. */
  say(lines: readonly string[]): void {
    for (const text of lines) {
      if (this.#json) this.#write({ type: "note", text });
      else this.#output.line(text);
    }
  }

  /** Takes the block away, says the last lines and waits a moment until all is out. */
  async finish(lines: readonly string[]): Promise<void> {
    this.#output.draw([]);
    this.say(lines);
    await this.#output.flush(2000);
  }

  #see({ view, events }: { view: View; events: string[] }): void {
    this.#view = view;
    for (const event of events) this.note(event);
    if (this.#json) return;
    if (this.#terminal) this.#output.draw(renderBlock(view, process.stdout.columns || 80));
    else if (performance.now() - this.#lineAt >= LINE_MS) {
      this.#lineAt = performance.now();
      this.#output.line(renderLine(view));
    }
  }

  #write(value: object): void {
    this.#output.line(JSON.stringify(value));
  }
}
