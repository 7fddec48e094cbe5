import { join } from "node:path";
import { jetstreamManager, type StreamAPI } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { freePort, type NatsServer } from "../../../../runtime/cli/bench/nats-server.ts";
import { CALM, RoughLine } from "../../../../runtime/cli/chaos/rough-line.ts";
import { secured } from "../../../../runtime/link/nats/security.ts";
import { policyParts } from "../../policy/bundles.ts";
import { makeCertificates, openssl } from "./certificates.ts";
import { Fleet, natsServer, soon, WHY } from "./fleet.ts";
import { expectSwap, expectTalk } from "./talk.ts";

const STREAM = "reverie_fleet";
const slow = { timeout: 60_000 };

let fleet: Fleet;
let line: RoughLine;
beforeEach(async () => {
  fleet = new Fleet();
  line = await RoughLine.open();
});
afterEach(async () => {
  await fleet.close();
  line.close();
});

interface Site {
  readonly hub: NatsServer;
  readonly leaf: NatsServer;
  /** Credentials and authority of the learner. */
  readonly learner: { readonly credentials: string; readonly ca: string };
}

/** Hub and leaf node as in runtime/link/README.md, the line between them; `more`: of the leaf's remote. */
async function site(more = ""): Promise<Site> {
  const { ca, cert, key } = makeCertificates(fleet.directory, "hub");
  const tls = `tls { cert_file: "${cert}", key_file: "${key}" }`;
  line.target = await freePort();
  const hub = await fleet.server(`
    server_name: hub
    jetstream { store_dir: "${join(fleet.directory, "hub")}", domain: hub }
    ${tls}
    authorization { users: [ { user: learner, password: "a" }, { user: site-1, password: "b" } ] }
    leafnodes { listen: "127.0.0.1:${line.target}", ${tls} }`);
  const leaf = await fleet.server(`
    server_name: site-1
    jetstream { store_dir: "${join(fleet.directory, "leaf")}", domain: site-1 }
    leafnodes {
      remotes: [ { url: "tls://site-1:b@localhost:${line.port}", tls { ca_file: "${ca}" } ${more} } ]
      reconnect: 1
    }`);
  return { hub, leaf, learner: { credentials: fleet.write("learner.nats", "learner\na\n"), ca } };
}

const byName = ({ endpoint }: NatsServer) => endpoint.replace("127.0.0.1", "localhost");

/** The leaf loses its hub, and does not find it again. */
function cut(): void {
  line.weather = { ...CALM, refusing: true };
  line.cut();
}

/** A stream of the same name at the leaf: what it holds is for as long as the hub may be away. */
const addLeafStream = (leaf: NatsServer) =>
  withStreams(leaf.endpoint, {}, async (streams) => {
    await streams.add({ name: STREAM, subjects: ["reverie.fleet.rows.*.*"], max_bytes: 2 ** 26, discard: "new" });
  });

/** Messages that the leaf's stream has. */
async function held(leaf: NatsServer): Promise<number> {
  let messages = 0;
  await withStreams(leaf.endpoint, {}, async (streams) => {
    ({ messages } = (await streams.info(STREAM)).state);
  });
  return messages;
}

/** What is to be said at the hub, once for each site. */
const drawFrom = async (endpoint: string, learner: Site["learner"], domain: string) =>
  withStreams(endpoint, await secured(endpoint, learner), async (streams) => {
    await streams.update(STREAM, { sources: [{ name: STREAM, external: { api: `$JS.${domain}.API`, deliver: "" } }] });
  });

async function withStreams(
  servers: string,
  options: object,
  act: (streams: StreamAPI) => Promise<void>,
): Promise<void> {
  const connection = await connect({ servers, ...options });
  try {
    await act((await jetstreamManager(connection)).streams);
  } finally {
    await connection.close();
  }
}

describe.skipIf(natsServer === undefined || openssl === undefined)(
  `a robot behind a leaf node, with TLS to the hub${WHY || " (skipped where there is no openssl)"}`,
  () => {
    test("talks through it; while the line is cut its rows wait on its disk", slow, async () => {
      const { hub, leaf, learner } = await site();
      const server = await fleet.listen(byName(hub), learner);
      const robot = fleet.robot("one", leaf.endpoint, { link: { nats: { domain: "hub" } } });
      await expectTalk(server, robot, 0);
      cut();
      robot.feed(100, 500);
      await vi.waitFor(() => expect(robot.notes().join()).toContain("rows were not kept"), soon);
      line.weather = CALM;
      await vi.waitFor(() => expect(robot.link.status.acked).toBe(500), soon);
      await hub.kill();
      robot.feed(500, 900);
      await hub.restart();
      await vi.waitFor(() => expect(robot.link.status.acked).toBe(900), soon);
      expect(fleet.host.rowsTaken).toBe(900);
    });

    test(
      "hears of a policy that was published while the line was cut for less than anybody's patience",
      slow,
      async () => {
        const { hub, leaf, learner } = await site();
        const server = await fleet.listen(byName(hub), learner);
        const robot = fleet.robot("one", leaf.endpoint, { link: { silentMs: 30_000, nats: { domain: "hub" } } });
        await expectTalk(server, robot, 0);
        cut();
        server.publish(policyParts(200, 1));
        await new Promise((resolve) => setTimeout(resolve, 300)); // it is in the store, and the announcement is lost
        line.weather = CALM;
        await expectSwap(robot.heard, 200);
      },
    );

    test("may forget rows that the leaf's own stream has: the hub draws them when the line is back", slow, async () => {
      const { hub, leaf, learner } = await site(`, deny_exports: "reverie.fleet.rows.>"`);
      let server = await fleet.listen(byName(hub), learner);
      await addLeafStream(leaf);
      await drawFrom(byName(hub), learner, "site-1");
      const robot = fleet.robot("one", leaf.endpoint, { link: { nats: { domain: "hub", forget: "broker" } } });
      await expectTalk(server, robot, 0);
      cut();
      robot.feed(100, 500);
      await vi.waitFor(() => expect(robot.link.status.spoolDepth).toBe(400), soon);
      await vi.waitFor(async () => expect(await held(leaf)).toBeGreaterThan(1), soon);
      await robot.link.close(5000);
      expect(fleet.host.rowsTaken).toBe(100);
      await fleet.hush();
      server = await fleet.listen(byName(hub), learner);
      line.weather = CALM;
      await vi.waitFor(() => expect(fleet.host.rowsTaken).toBe(500), { ...soon, timeout: 40_000 });
      const again = fleet.robot("one", leaf.endpoint, { resumed: true, link: { nats: { domain: "hub" } } });
      again.feed(500, 600);
      await vi.waitFor(() => expect(again.link.status.acked).toBe(600), soon);
      expect(server.robots).toBe(1);
    });
  },
);
