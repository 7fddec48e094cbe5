import type { Reply } from "zeromq";

/** Frames of a request and an answer: ZAP 1.0 (rfc.zeromq.org/spec/27). */
const ADDRESS = "inproc://zeromq.zap.01";

/** Says of every CURVE connection to a socket of this process whether its key is allowed. One in a process. */
export class Gatekeeper {
  readonly #reply: Reply;
  readonly #serving: Promise<void>;

  private constructor(reply: Reply, allowed: ReadonlySet<string>, report: (line: string) => void) {
    this.#reply = reply;
    this.#serving = this.#serve(allowed, report);
  }

  /** `allowed`: public CURVE keys, raw, as hex. To be opened before any socket that has keys. */
  static async open(allowed: ReadonlySet<string>, report: (line: string) => void): Promise<Gatekeeper> {
    const { Reply } = await import("zeromq");
    const reply = new Reply({ linger: 0 });
    await reply.bind(ADDRESS);
    return new Gatekeeper(reply, allowed, report);
  }

  async close(): Promise<void> {
    this.#reply.close();
    await this.#serving;
  }

  async #serve(allowed: ReadonlySet<string>, report: (line: string) => void): Promise<void> {
    for await (const [version, request, , address, , mechanism, key] of this.#reply) {
      const known = mechanism?.toString() === "CURVE" && allowed.has(key?.toString("hex") ?? "");
      if (!known) report(`link: refused a connection from ${address}: its key is not allowed`);
      const verdict = known ? ["200", "OK"] : ["400", "not allowed"];
      await this.#reply.send([version ?? "1.0", request ?? "", ...verdict, "", ""]);
    }
  }
}
