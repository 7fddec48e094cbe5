import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { NatsConnection } from "@nats-io/transport-node";
import { NatsLine } from "../../runtime/link/nats/connection.ts";
import { seal, unseal } from "../../runtime/link/nats/envelope.ts";
import { Mailbox } from "../../runtime/link/nats/mailbox.ts";
import { machineOf, machineToken, type Subjects, subjectsOf } from "../../runtime/link/nats/subjects.ts";
import { expectEndpointSecured } from "../../runtime/trust/endpoint-security.ts";
import type { Incoming, Listen } from "./listener.ts";
import { ObjectPolicies } from "./object-store.ts";
import { RowsIntake } from "./rows-intake.ts";
import { ensureRowsStream } from "./rows-stream.ts";
import { whenServersAgree } from "./servers-agree.ts";

/** How long a learner that starts waits for a server. */
const CONNECT_MS = 10_000;
const CLAIM_MS = 1000;
const LINGER_MS = 500;
/** Heard and not acted on yet: robots say something once a second. */
const MOST_WAITING = 20_000;

/**
 * Listens to a fleet at a NATS server. Throws when the server does not come, has no JetStream, or the fleet has a learner.
 * Later on the server may be away as long as it likes.
 */
export const listenNats: Listen = async (endpoint, { trust, nats: settings, report }) => {
  expectEndpointSecured(endpoint, "learner.nats", settings);
  const { jetstream } = await import("@nats-io/jetstream");
  const subjects = subjectsOf(settings.fleet);
  const mailbox = new Mailbox<Incoming>(MOST_WAITING);
  let intake: RowsIntake | undefined;
  const machine = machineToken(trust?.own.name ?? hostname());
  const onUp = () => intake?.restart();
  const line = await NatsLine.open({ endpoint, machine, settings, report, onUp });
  try {
    const connection = await firstUp(line, endpoint);
    await claim(connection, subjects, settings.fleet);
    const js = jetstream(connection, settings.domain === "" ? {} : { domain: settings.domain });
    const ensure = () => ensureRowsStream(js, subjects, settings);
    await whenServersAgree(ensure, (text) => line.tell(text)).catch((error: Error) => {
      throw new Error(`learner: expected a stream ${subjects.stream} at ${endpoint}, found: ${error.message}`);
    });
    connection.subscribe(subjects.learner, { callback: (_, message) => void message?.respond() });
    connection.subscribe(subjects.allUp, {
      callback: (error, message) => {
        if (error === null) hear(mailbox, message.subject, message.data, (text) => line.tell(text));
      },
    });
    intake = new RowsIntake({
      js,
      subjects,
      settings,
      maxBytes: () => connection.info?.max_payload ?? 0,
      push: (incoming) => mailbox.push(incoming),
      tell: (text) => line.tell(text),
    });
    intake.start();
    const rows = intake;
    return {
      endpoint,
      policies: new ObjectPolicies(js, subjects.policies, settings),
      send: async (peer, frames) => {
        const up = line.up;
        if (up === undefined) throw new Error("the NATS server is not there");
        up.publish(subjects.down(peer), seal(frames));
      },
      close: async () => {
        await rows.close();
        mailbox.close();
        await line.close(LINGER_MS);
      },
      [Symbol.asyncIterator]: () => mailbox[Symbol.asyncIterator](),
    };
  } catch (error) {
    await line.close(0);
    throw error;
  }
};

async function firstUp(line: NatsLine, endpoint: string): Promise<NatsConnection> {
  for (const until = performance.now() + CONNECT_MS; performance.now() < until; await sleep(20)) {
    if (line.up !== undefined) return line.up;
  }
  throw new Error(`learner: expected a NATS server at ${endpoint} within ${CONNECT_MS / 1000} s, found none`);
}

/** A fleet has one learner: two would each get half of the rows. */
async function claim(connection: NatsConnection, { learner }: Subjects, fleet: string): Promise<void> {
  const answer = await connection.request(learner, undefined, { timeout: CLAIM_MS }).catch(() => undefined);
  if (answer === undefined) return;
  throw new Error(`learner: expected fleet "${fleet}" to have no learner yet, found one; is another learner running?`);
}

function hear(mailbox: Mailbox<Incoming>, subject: string, data: Uint8Array, tell: (text: string) => void): void {
  const { machine, peer } = machineOf(subject);
  try {
    if (!mailbox.push({ peer, machine, frames: unseal(data) })) throw new Error("too much was said at once");
  } catch (error) {
    tell(`a message of ${machine} was dropped: ${(error as Error).message}`);
  }
}
