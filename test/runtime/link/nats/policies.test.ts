import { join } from "node:path";
import { jetstream } from "@nats-io/jetstream";
import { Objm } from "@nats-io/obj";
import { connect } from "@nats-io/transport-node";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Policy } from "../../../../learner/train/policy.ts";
import { KeyStore } from "../../../../runtime/trust/key-store.ts";
import { makeKeys } from "../../../../runtime/trust/keys.ts";
import { learnerTrust } from "../../../../runtime/trust/trust.ts";
import { readBundle, sha256 } from "../../../../runtime/wire/bundle.ts";
import { encodeSafetensors } from "../../../../runtime/wire/safetensors.ts";
import type { RobotLink } from "../../../fakes/robot-link.ts";
import { policyParts } from "../../policy/bundles.ts";
import { Fleet, natsServer, soon, WHY } from "./fleet.ts";

const slow = { timeout: 60_000 };

let fleet: Fleet;
beforeEach(() => {
  fleet = new Fleet();
});
afterEach(() => fleet.close());

/** A policy of so many bytes, most of them ballast. */
function heavy(version: number, bytes: number): Policy {
  const { manifest, graph } = policyParts(version, 1);
  const ballast = { shape: [1, bytes / 4], data: new Float32Array(bytes / 4).fill(version) };
  const gain = { shape: [1, 2], data: new Float32Array(2).fill(1) };
  const weights = encodeSafetensors({ gain, scale: { shape: [1, 1], data: new Float32Array(1) }, ballast });
  const specs = [...manifest.weights, { name: "ballast", shape: ballast.shape }];
  return { manifest: { ...manifest, weights: specs, weightsHash: sha256(weights) }, graph, weights };
}

const keysOf = (name: string) => join(fleet.directory, "keys", name);

async function allowEachOther(learner: string, ...robots: string[]): Promise<void> {
  const keys = new Map<string, Awaited<ReturnType<typeof makeKeys>>>();
  for (const name of [learner, ...robots]) {
    keys.set(name, await makeKeys(name));
    new KeyStore(keysOf(name)).save(keys.get(name)!);
  }
  for (const name of robots) {
    new KeyStore(keysOf(learner)).allow(keys.get(name)!);
    new KeyStore(keysOf(name)).allow(keys.get(learner)!);
  }
}

const swapped = ({ heard }: RobotLink) => heard.flatMap((message) => (message.type === "swap" ? [message.path] : []));

describe.skipIf(natsServer === undefined)(`policies through a NATS server${WHY}`, () => {
  test(
    "of some MB reach two robots that know their learner, while their rows flow; the newest are kept",
    slow,
    async () => {
      const { endpoint } = await fleet.server();
      await allowEachOther("learner", "robot.one", "robot.two");
      const trust = learnerTrust(endpoint, { keys: keysOf("learner") });
      const server = await fleet.listen(endpoint, {}, trust);
      const robots = ["robot.one", "robot.two"].map((name) => fleet.robot(name, endpoint, { keys: keysOf(name) }));
      await vi.waitFor(
        () => expect(robots.map(({ link }) => link.status.state)).toEqual(["connected", "connected"]),
        soon,
      );
      for (let version = 1; version <= 4; version++) {
        server.publish(heavy(version, 2_000_000));
        for (const { feed } of robots) feed(100 * (version - 1), 100 * version);
        for (const robot of robots) {
          await vi.waitFor(() => expect(swapped(robot)).toHaveLength(version), soon);
          robot.link.take({ type: "acting", version });
        }
      }
      for (const robot of robots) {
        await vi.waitFor(() => expect(robot.link.status.acked).toBe(400), soon);
        const bundle = readBundle(swapped(robot).at(-1)!);
        expect(bundle.manifest.policyVersion).toBe(4);
        expect(bundle.weights.ballast!.data[7]).toBe(4);
      }
      expect(server.robots).toBe(2);
      const connection = await connect({ servers: endpoint });
      const store = await new Objm(jetstream(connection)).open("reverie_fleet_policies");
      const names = (await store.list()).map(({ name }) => name.slice(0, 18)).sort();
      await connection.close();
      expect(names.filter((name) => name.startsWith("weights"))).toEqual([2, 3, 4].map((i) => `weights-000000000${i}`));
      expect(names).toHaveLength(4);
    },
  );
});
