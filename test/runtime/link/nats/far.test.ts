import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LEARNER_DEFAULTS } from "../../../../learner/config.ts";
import { type LinkHost, LinkServer } from "../../../../learner/train/link-server.ts";
import { findCommand, freePort } from "../../../../runtime/cli/bench/nats-server.ts";
import { stepLayout } from "../../../../runtime/wire/step-codec.ts";
import { policyParts, schema } from "../../policy/bundles.ts";
import { Fleet, natsServer, type Robot, soon, WHY } from "./fleet.ts";

const slow = { timeout: 60_000 };
const { rowBytes } = stepLayout(schema);

let fleet: Fleet;
let server: LinkServer | undefined;
let next = 0;
beforeEach(() => {
  fleet = new Fleet();
  next = 0;
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await fleet.close();
});

const host: LinkHost = {
  greet: async () => ({ resume: next }),
  joined: () => {},
  rows: (stream, first, payload) => {
    if (first > next) return "gap";
    next = Math.max(next, first + payload.length / rowBytes);
    setImmediate(() => server?.ack(stream, next));
    return "taken";
  },
  skipTo: () => {},
  next: () => next,
  durable: () => next,
  knows: () => false,
  report: () => {},
};

async function listen(endpoint: string, its: Partial<(typeof LEARNER_DEFAULTS)["nats"]>): Promise<void> {
  const nats = { ...LEARNER_DEFAULTS.nats, ...its };
  server = await LinkServer.bind(endpoint, host, () => performance.now(), undefined, nats);
  server.serve();
}

/** Rows come in and a policy goes out. */
async function expectTalk({ link, feed, said }: Robot, from: number): Promise<void> {
  feed(from, from + 100);
  await vi.waitFor(() => expect(link.status.acked).toBe(from + 100), soon);
  server!.publish(policyParts(from + 1, 1));
  await vi.waitFor(
    () =>
      expect(
        said.some(({ type }) => type === "swap"),
        JSON.stringify(said),
      ).toBe(true),
    soon,
  );
}

const write = (name: string, text: string) => {
  const path = join(fleet.directory, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};

describe.skipIf(natsServer === undefined || findCommand("openssl") === undefined)(
  `a NATS server with TLS and users${WHY || " (skipped where there is no openssl)"}`,
  () => {
    test("lets in who has credentials, and a robot speaks for itself alone", slow, async () => {
      const { cert, key } = certificate();
      const machine = "robot";
      const { endpoint } = await fleet.server(`
        tls { cert_file: "${cert}", key_file: "${key}" }
        authorization { users: [
          { user: learner, password: "a" }
          { user: robot, password: "b", permissions: ${robotPermissions(machine)} }
        ] }`);
      const place = endpoint.replace("127.0.0.1", "localhost");
      await listen(place, { credentials: write("learner.nats", "learner\na\n"), ca: cert });
      const stranger = fleet.robot("stranger", place, {
        nats: { credentials: write("s", "robot\nwrong\n"), ca: cert },
      });
      const unsure = fleet.robot("unsure", place, { nats: { credentials: write("u", "robot\nb\n") } });
      const credentials = write("robot.nats", "robot\nb\n");
      const robot = fleet.robot("robot", place, { nats: { credentials, ca: cert, machine } });
      await expectTalk(robot, 0);
      const thief = fleet.robot("thief", place, { nats: { credentials, ca: cert, machine: "another" } });
      await vi.waitFor(() => expect(stranger.notes()).toMatch(/Authorization Violation/i), soon);
      await vi.waitFor(() => expect(unsure.notes()).toMatch(/self.signed certificate/i), soon);
      await vi.waitFor(() => expect(thief.notes()).toMatch(/permissions violation/i), soon);
      expect(server!.robots).toBe(1);
    });
  },
);

describe.skipIf(natsServer === undefined)(`a robot behind a leaf node${WHY}`, () => {
  test(
    "talks through it to the hub, also where it has a JetStream of its own, and over a link that breaks",
    slow,
    async () => {
      const port = await freePort();
      const hub = await fleet.server(`
      server_name: hub
      jetstream { store_dir: "${join(fleet.directory, "hub")}", domain: hub }
      leafnodes { listen: "127.0.0.1:${port}" }`);
      const leaf = await fleet.server(`
      server_name: leaf
      jetstream { store_dir: "${join(fleet.directory, "leaf")}", domain: leaf }
      leafnodes { remotes: [ { url: "nats://127.0.0.1:${port}" } ], reconnect: 1 }`);
      await listen(hub.endpoint, {});
      const robot = fleet.robot("one", leaf.endpoint, { nats: { domain: "hub" } });
      await expectTalk(robot, 0);
      await hub.kill();
      robot.feed(100, 500);
      await vi.waitFor(() => expect(robot.notes()).toContain("rows were not kept"), soon);
      await hub.restart();
      await vi.waitFor(() => expect(robot.link.status.acked).toBe(500), soon);
      expect(next).toBe(500);
    },
  );
});

/** Of a user that may speak for one machine; as in runtime/link/README.md. */
function robotPermissions(machine: string): string {
  return `{
    publish: { allow: [
      "reverie.fleet.up.${machine}.*", "reverie.fleet.rows.${machine}.*",
      "$JS.API.INFO", "$JS.API.STREAM.INFO.OBJ_reverie_fleet_policies", "$JS.API.STREAM.MSG.GET.OBJ_reverie_fleet_policies",
      "$JS.API.DIRECT.GET.OBJ_reverie_fleet_policies.>", "$JS.API.CONSUMER.CREATE.OBJ_reverie_fleet_policies.>",
      "$JS.API.CONSUMER.DELETE.OBJ_reverie_fleet_policies.*", "$JS.FC.OBJ_reverie_fleet_policies.>" ] }
    subscribe: { allow: [ "reverie.fleet.down.${machine}.*", "_INBOX.${machine}.>" ] }
  }`;
}

/** Signed by itself, of localhost. */
function certificate(): { cert: string; key: string } {
  const [cert, key] = [join(fleet.directory, "cert.pem"), join(fleet.directory, "key.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", "-x509", ...kind, "-keyout", key, "-out", cert, ...subject], { stdio: "ignore" });
  return { cert, key };
}
