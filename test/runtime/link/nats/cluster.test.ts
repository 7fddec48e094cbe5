import { join } from "node:path";
import { jetstreamManager, type StreamInfo } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { freePort, type NatsServer } from "../../../../runtime/cli/bench/nats-server.ts";
import { Fleet, natsServer, soon, WHY } from "./fleet.ts";

/** Three servers choose a leader of theirs anew, which takes them seconds, and seldom half a minute. */
const patient = { ...soon, timeout: 90_000 };
const asked = process.env.REVERIE_TEST_CLUSTER !== undefined;
const why = asked ? WHY : " (skipped: set REVERIE_TEST_CLUSTER=1, takes up to a minute)";

let fleet: Fleet;
beforeEach(() => {
  fleet = new Fleet();
});
afterEach(() => fleet.close());

/** Three servers of one cluster that agree on who leads it. */
async function cluster(): Promise<NatsServer[]> {
  const ports = [await freePort(), await freePort(), await freePort()];
  const routes = ports.map((port) => `"nats://127.0.0.1:${port}"`).join(", ");
  const servers: NatsServer[] = [];
  for (const [i, port] of ports.entries()) {
    const jetstream = `jetstream { store_dir: "${join(fleet.directory, `store-${i}`)}" }`;
    const more = `cluster { name: fleet, listen: "127.0.0.1:${port}", routes: [ ${routes} ] }`;
    servers.push(await fleet.server(`server_name: server-${i}\n${jetstream}\n${more}`));
  }
  await vi.waitFor(async () => expect(await isLed(servers[0]!)).toBe(true), patient);
  return servers;
}

async function isLed({ endpoint }: NatsServer): Promise<boolean> {
  const connection = await connect({ servers: endpoint });
  try {
    await (await jetstreamManager(connection)).streams.names().next();
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

async function stream({ endpoint }: NatsServer): Promise<StreamInfo> {
  const connection = await connect({ servers: endpoint });
  try {
    return await (await jetstreamManager(connection)).streams.info("reverie_fleet");
  } finally {
    await connection.close();
  }
}

describe.runIf(asked && natsServer !== undefined)(`three NATS servers${why}`, () => {
  test("keep rows three times: whichever of them dies, no row is missed", { timeout: 300_000 }, async () => {
    const servers = await cluster();
    const [near, far] = [servers[0]!, servers[1]!];
    await fleet.listen(far.endpoint, { replicas: 3 });
    const first = fleet.robot("one", near.endpoint);
    first.feed(0, 500);
    await vi.waitFor(() => expect(fleet.host.rowsTaken).toBe(500), patient);
    const { config, cluster: led } = await stream(near);
    expect([config.num_replicas, led?.replicas?.length]).toEqual([3, 2]);

    await fleet.hush();
    first.feed(500, 1500);
    await first.link.close(5000); // what it has said is with the servers alone
    const leader = servers[Number(led!.leader!.split("-")[1])]!;
    await leader.kill();
    const left = servers.find((server) => server !== leader)!;
    await fleet.listen(left.endpoint, { replicas: 3 });
    await vi.waitFor(() => expect(fleet.host.rowsTaken).toBe(1500), patient);

    await leader.restart();
    const second = fleet.robot("one", leader.endpoint, { resumed: true });
    second.feed(1500, 2000);
    await vi.waitFor(() => expect(second.link.status.acked).toBe(2000), patient);
    await vi.waitFor(async () => {
      const replicas = (await stream(leader)).cluster?.replicas ?? [];
      expect(replicas.map(({ current }) => current)).toEqual([true, true]);
    }, patient);
    await left.kill(); // the learner finds another
    second.feed(2000, 2500);
    await vi.waitFor(() => expect(second.link.status.acked).toBe(2500), patient);
    expect(fleet.host.rowsTaken).toBe(2500);
  });
});
