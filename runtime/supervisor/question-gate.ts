import type { Question } from "../governor/inbox.ts";

/** One question at a time: a policy that was slow goes on with the newest, not with a queue of old ones. */
export class QuestionGate {
  readonly #send: (question: Question) => void;
  /** The policy has it to answer; the newest that waits its turn. */
  #asked: Question | undefined;
  #waiting: Question | undefined;

  constructor(send: (question: Question) => void) {
    this.#send = send;
  }

  ask(question: Question): void {
    this.#waiting = { ...question, isFirst: question.isFirst || this.#waiting?.isFirst === true };
    this.#pass();
  }

  answered(): void {
    this.#asked = undefined;
    this.#pass();
  }

  /** Another process answers from now on; it gets what the one before left unanswered, or what is newer. */
  restart(): void {
    this.#waiting ??= this.#asked;
    this.#asked = undefined;
    this.#pass();
  }

  #pass(): void {
    if (this.#asked !== undefined || this.#waiting === undefined) return;
    this.#asked = this.#waiting;
    this.#waiting = undefined;
    this.#send(this.#asked);
  }
}
