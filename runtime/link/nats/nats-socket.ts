import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { JetStreamClient } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import type { RUNTIME_DEFAULTS } from "../../defaults.ts";
import { expectEndpointSecured } from "../../trust/endpoint-security.ts";
import type { RobotTrust } from "../../trust/trust.ts";
import type { Broker, LinkSocket, RowsName } from "../socket.ts";
import { NatsLine } from "./connection.ts";
import { seal, unseal } from "./envelope.ts";
import { Mailbox } from "./mailbox.ts";
import { fetchFile } from "./policy-files.ts";
import { machineToken, peerName, type Subjects, subjectsOf } from "./subjects.ts";

export type NatsSettings = (typeof RUNTIME_DEFAULTS)["link"]["nats"];

const LINGER_MS = 200;
/** Of what the learner says; acks come some times a second. */
const MOST_HEARD = 1024;
/** Subject and headers of a message with rows at most. */
const ENVELOPE_BYTES = 8 * 1024;

/**
 * A robot's connection to a NATS server: what it says to the learner over core NATS, its rows into a JetStream stream.
 * The server need not be there, yet or at all times. Throws when what the settings name cannot be read.
 */
export async function openNatsSocket(
  endpoint: string,
  trust: RobotTrust | undefined,
  settings: NatsSettings,
  report: (line: string) => void,
): Promise<LinkSocket> {
  expectEndpointSecured(endpoint, "runtime.link.nats", settings);
  const subjects = subjectsOf(settings.fleet);
  const machine = trust?.own.name ?? (settings.machine || hostname());
  const socket = new NatsSocket(settings, subjects, machine);
  await socket.open(endpoint, report);
  return socket;
}

class NatsSocket implements LinkSocket, Broker {
  readonly #settings: NatsSettings;
  readonly #subjects: Subjects;
  readonly #machine: string;
  readonly #peer: string;
  readonly #heard = new Mailbox<readonly Uint8Array[]>(MOST_HEARD);
  #line: NatsLine | undefined;
  #js: JetStreamClient | undefined;
  /** Rows on their way, messages. */
  #onTheirWay = 0;

  constructor(settings: NatsSettings, subjects: Subjects, machine: string) {
    this.#settings = settings;
    this.#subjects = subjects;
    this.#machine = machine;
    this.#peer = peerName(machine, randomBytes(8).toString("hex"));
  }

  async open(endpoint: string, report: (line: string) => void): Promise<void> {
    const { jetstream } = await import("@nats-io/jetstream");
    const { domain } = this.#settings;
    const onUp = (connection: NatsConnection) => {
      if (this.#js !== undefined) return; // it is the same one, with the same subscription
      connection.subscribe(this.#subjects.down(this.#peer), {
        callback: (error, message) => this.#hear(error, message?.data),
      });
      this.#js = jetstream(connection, domain === "" ? {} : { domain });
    };
    const machine = machineToken(this.#machine);
    this.#line = await NatsLine.open({ endpoint, machine, settings: this.#settings, report, onUp });
  }

  get broker(): Broker {
    return this;
  }

  get maxBytes(): number | undefined {
    const most = this.#line?.up?.info?.max_payload;
    return most === undefined ? undefined : most - ENVELOPE_BYTES;
  }

  async send(frames: readonly Uint8Array[]): Promise<boolean> {
    const connection = this.#line?.up;
    if (connection === undefined || this.#js === undefined) return false;
    connection.publish(this.#subjects.up(this.#peer), seal(frames));
    return true;
  }

  keep({ stream, first, count, turn }: RowsName, frames: readonly Uint8Array[]): Promise<boolean> | undefined {
    const { windowMessages, publishMs } = this.#settings;
    const most = this.maxBytes;
    if (most === undefined || this.#js === undefined || this.#onTheirWay >= windowMessages) return undefined;
    const payload = seal(frames);
    if (payload.length > most) {
      throw new Error(
        `a message of ${payload.length} bytes, expected at most ${most}: raise max_payload in the NATS server's configuration`,
      );
    }
    this.#onTheirWay++;
    const kept = this.#js.publish(this.#subjects.rows(this.#machine, stream), payload, {
      msgID: `${stream}:${first}:${count}:${turn}`,
      timeout: publishMs,
      expect: { streamName: this.#subjects.stream },
    });
    return kept.then(
      () => this.#arrived(true),
      (error: Error) => {
        this.#line?.tell(`rows were not kept: ${error.message}`);
        return this.#arrived(false);
      },
    );
  }

  async fetch(name: string, bytes: number): Promise<Uint8Array> {
    if (this.#js === undefined) throw new Error(`${name}: expected a NATS server that has it, found none`);
    const { fetchMs } = this.#settings;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new Error(`${name}: expected it from the broker in ${fetchMs} ms, found it not there`);
      timer = setTimeout(() => reject(error), fetchMs);
    });
    try {
      return await Promise.race([fetchFile(this.#js, this.#subjects.policies, name, bytes), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    void this.#line?.close(LINGER_MS);
    this.#heard.close();
  }

  [Symbol.asyncIterator](): AsyncIterator<readonly Uint8Array[]> {
    return this.#heard[Symbol.asyncIterator]();
  }

  #arrived(isKept: boolean): boolean {
    this.#onTheirWay--;
    return isKept;
  }

  #hear(error: Error | null, data: Uint8Array | undefined): void {
    try {
      if (error !== null) throw error;
      if (data !== undefined && !this.#heard.push(unseal(data))) throw new Error("too much was said at once");
    } catch (problem) {
      this.#line?.tell(`a message was dropped: ${(problem as Error).message}`);
    }
  }
}
