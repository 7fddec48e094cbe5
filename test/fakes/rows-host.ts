import type { LinkHost } from "../../learner/train/link-host.ts";
import { LinkServer } from "../../learner/train/link-server.ts";
import { stepLayout } from "../../runtime/wire/step-codec.ts";
import { schema } from "../runtime/policy/bundles.ts";

const { rowBytes } = stepLayout(schema);

/** A learner that has every row in order once, and acks it; none of it is kept anywhere. */
export class RowsHost implements LinkHost {
  readonly notes: string[] = [];
  readonly #next = new Map<string, number>();
  #server: LinkServer | undefined;

  /** As `LinkServer.bind`, and serves. */
  async bind(endpoint: string, ...more: Tail<Parameters<typeof LinkServer.bind>>): Promise<LinkServer> {
    const server = await LinkServer.bind(endpoint, this, ...more);
    this.#server = server;
    server.serve();
    return server;
  }

  /** Rows of all streams. */
  get rowsTaken(): number {
    return [...this.#next.values()].reduce((sum, next) => sum + next, 0);
  }

  async greet({ stream }: { readonly stream: string }): Promise<{ readonly resume: number }> {
    return { resume: this.next(stream) };
  }

  joined(): void {}

  rows(stream: string, first: number, payload: Uint8Array): "taken" | "gap" {
    const next = this.next(stream);
    if (first > next) return "gap";
    this.#next.set(stream, Math.max(next, first + payload.length / rowBytes));
    setImmediate(() => this.#server?.ack(stream, this.next(stream)));
    return "taken";
  }

  skipTo(): void {}

  next(stream: string): number {
    return this.#next.get(stream) ?? 0;
  }

  durable(stream: string): number {
    return this.next(stream);
  }

  knows(stream: string): boolean {
    return this.#next.has(stream);
  }

  report(line: string): void {
    this.notes.push(line);
  }
}

type Tail<T extends readonly unknown[]> = T extends readonly [unknown, unknown, ...infer Rest] ? Rest : never;
