import type { ConsumerMessages, JetStreamClient, JsMsg } from "@nats-io/jetstream";
import { unseal } from "../../runtime/link/nats/envelope.ts";
import { machineOf, type Subjects } from "../../runtime/link/nats/subjects.ts";
import type { LearnerConfig } from "../config.ts";
import type { Incoming } from "./listener.ts";
import { ensureRowsStream, freshConsumer } from "./rows-stream.ts";

export interface RowsIntakeOptions {
  readonly js: JetStreamClient;
  readonly subjects: Subjects;
  readonly settings: LearnerConfig["nats"];
  /** Most bytes of one message. */
  readonly maxBytes: () => number;
  readonly push: (incoming: Incoming) => boolean;
  readonly tell: (line: string) => void;
}

const RETRY_MS = 500;

/** Brings the stream's rows, in order, no more than the window holds of those that are not durable yet. */
export class RowsIntake {
  readonly #options: RowsIntakeOptions;
  #messages: ConsumerMessages | undefined;
  /** Messages of an earlier consumer come again, and are not to be answered. */
  #generation = 0;
  /** Brought and not done with. */
  #bytes = 0;
  #closed = false;
  #wake: (() => void) | undefined;
  #running: Promise<void> | undefined;

  constructor(options: RowsIntakeOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** What was on its way may be lost: begins with the first row that was never acked. */
  restart(): void {
    this.#generation++;
    this.#messages?.stop();
    this.#wake?.();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.restart();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { js, subjects, settings, maxBytes, tell } = this.#options;
    while (!this.#closed) {
      const generation = this.#generation;
      this.#bytes = 0;
      try {
        await ensureRowsStream(js, subjects, settings);
        const consumer = await freshConsumer(js, subjects, settings);
        const most = Math.max(2 * maxBytes(), settings.windowMb * 2 ** 20);
        this.#messages = await consumer.consume({ max_bytes: most, abort_on_missing_resource: true });
        for await (const message of this.#messages) {
          await this.#room(generation);
          if (generation !== this.#generation) break;
          this.#bring(message, generation);
        }
      } catch (error) {
        if (!this.#closed) tell(`rows are not coming: ${(error as Error).message}`);
      }
      if (generation === this.#generation) {
        this.#generation++;
        await this.#sleep();
      }
    }
  }

  /** Waits until the window has room, or everything begins anew. */
  async #room(generation: number): Promise<void> {
    while (this.#bytes >= this.#options.settings.windowMb * 2 ** 20 && generation === this.#generation) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #bring(message: JsMsg, generation: number): void {
    const { push, settings, tell } = this.#options;
    const { length } = message.data;
    this.#bytes += length;
    let isOpen = true;
    const answer = (act: () => void) => {
      if (!isOpen || generation !== this.#generation) return;
      isOpen = false;
      this.#bytes -= length;
      act();
      this.#wake?.();
    };
    const { machine, rest: stream, peer } = machineOf(message.subject);
    try {
      const delivery = {
        machine,
        stream,
        tries: message.info.deliveryCount,
        done: () => answer(() => message.ack()),
        again: () => answer(() => message.nak(settings.retryMs)),
      };
      if (!push({ peer, machine, frames: unseal(message.data), delivery })) delivery.again();
    } catch (error) {
      answer(() => message.term());
      tell(`rows were dropped: ${(error as Error).message}`);
    }
  }

  async #sleep(): Promise<void> {
    if (this.#closed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, RETRY_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
