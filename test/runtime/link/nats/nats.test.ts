import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LEARNER_DEFAULTS } from "../../../../learner/config.ts";
import { listenNats } from "../../../../learner/link/nats-listener.ts";
import { upTo } from "../../../fakes/robot-link.ts";
import { Fleet, natsServer, soon, WHY } from "./fleet.ts";

const slow = { timeout: 60_000 };

let fleet: Fleet;
beforeEach(() => {
  fleet = new Fleet();
});
afterEach(() => fleet.close());

describe.skipIf(natsServer === undefined)(`rows through a NATS server${WHY}`, () => {
  test("arrive once each, whoever of learner, robot and server is killed", slow, async () => {
    const server = await fleet.server();
    await fleet.learner(server.endpoint);
    const first = fleet.robot("one", server.endpoint);
    first.feed(0, 1000);
    await vi.waitFor(() => expect(first.link.status.acked).toBeGreaterThan(0), soon);
    await fleet.killLearner();
    first.feed(1000, 3000);
    await vi.waitFor(() => expect(first.link.status.acked).toBeLessThan(3000), soon);
    await fleet.learner(server.endpoint);
    await vi.waitFor(() => expect(first.link.status.acked).toBe(3000), soon);

    await server.kill();
    first.feed(3000, 4000);
    await server.restart();
    first.feed(4000, 4500);
    await vi.waitFor(() => expect(first.link.status.acked).toBe(4500), soon);

    first.feed(4500, 5000);
    await first.link.close(0);
    const second = fleet.robot("one", server.endpoint, { resumed: true });
    second.feed(5000, 5200);
    await vi.waitFor(() => expect(second.link.status.acked).toBe(5200), soon);
    expect(await fleet.logged()).toEqual([upTo(5200)]);
  });

  test(
    "without a learner go into the stream, then wait on the robot; it finds them when the robot is gone",
    slow,
    async () => {
      const { endpoint } = await fleet.server();
      await fleet.learner(endpoint);
      const { link, feed, notes } = fleet.robot("one", endpoint);
      feed(0, 10);
      await vi.waitFor(() => expect(link.status.acked).toBe(10), soon);
      await fleet.killLearner();
      await limit(endpoint, 100_000);
      feed(10, 4000);
      await vi.waitFor(
        () => expect(notes()).toContainEqual(expect.stringContaining("rows were not kept: maximum bytes exceeded")),
        soon,
      );
      await fleet.learner(endpoint);
      await vi.waitFor(() => expect(link.status.acked).toBe(4000), soon);
      await fleet.killLearner();
      feed(4000, 9000);
      await link.close(5000);
      expect(link.status).toMatchObject({ acked: 4000, spoolDepth: 5000 });
      expect(await waiting(endpoint)).toBeGreaterThan(0);
      await fleet.learner(endpoint);
      await vi.waitFor(async () => expect(await waiting(endpoint)).toBe(0), soon);
      expect(await fleet.logged()).toEqual([upTo(9000)]);
    },
  );

  test(
    "are kept once when they are published twice within the window, for the one learner a fleet has",
    slow,
    async () => {
      const { endpoint } = await fleet.server();
      const options = { trust: undefined, nats: LEARNER_DEFAULTS.nats, report: () => {} };
      const learner = await listenNats(endpoint, options);
      await expect(listenNats(endpoint, options)).rejects.toThrow(
        'expected fleet "fleet" to have no learner yet, found one',
      );
      await learner.close();
      await withJetStream(endpoint, async (connection) => {
        const js = jetstream(connection);
        const publish = () => js.publish("reverie.fleet.rows.m.s", new Uint8Array(9), { msgID: "s:0:9:a" });
        expect([(await publish()).duplicate, (await publish()).duplicate]).toEqual([false, true]);
      });
      expect(await waiting(endpoint)).toBe(1);
    },
  );
});

async function withJetStream(endpoint: string, act: (connection: NatsConnection) => Promise<void>): Promise<void> {
  const connection = await connect({ servers: endpoint });
  try {
    await act(connection);
  } finally {
    await connection.close();
  }
}

/** Messages in the stream. */
async function waiting(endpoint: string): Promise<number> {
  let messages = -1;
  await withJetStream(endpoint, async (connection) => {
    messages = (await (await jetstreamManager(connection)).streams.info("reverie_fleet")).state.messages;
  });
  return messages;
}

const limit = (endpoint: string, bytes: number) =>
  withJetStream(endpoint, async (connection) => {
    await (await jetstreamManager(connection)).streams.update("reverie_fleet", { max_bytes: bytes });
  });
