import { nkeys } from "@nats-io/transport-node";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Accounts } from "./accounts.ts";
import { type Certificates, makeCertificates, openssl } from "./certificates.ts";
import { Fleet, natsServer, soon, WHY } from "./fleet.ts";
import { inConfiguration, robotPermissions } from "./permissions.ts";
import { expectTalk } from "./talk.ts";

const slow = { timeout: 60_000 };

let fleet: Fleet;
beforeEach(() => {
  fleet = new Fleet();
});
afterEach(() => fleet.close());

/** A server that speaks TLS alone, by the name its certificate has. */
async function tlsServer({ cert, key }: Certificates, more: string): Promise<string> {
  const { endpoint } = await fleet.server(`tls { cert_file: "${cert}", key_file: "${key}" }\n${more}`);
  return endpoint.replace("127.0.0.1", "localhost");
}

describe.skipIf(natsServer === undefined || openssl === undefined)(
  `a NATS server with TLS${WHY || " (skipped where there is no openssl)"}`,
  () => {
    test("lets in who has an nkey or a password, and a robot speaks for itself alone", slow, async () => {
      const certificates = makeCertificates(fleet.directory, "hub");
      const { ca } = certificates;
      const machine = "robot";
      const learner = nkeys.createUser();
      const place = await tlsServer(
        certificates,
        `authorization { users: [
          { nkey: ${learner.getPublicKey()} }
          { user: robot, password: "b", permissions: ${inConfiguration(robotPermissions(machine))} }
        ] }`,
      );
      const seed = new TextDecoder().decode(learner.getSeed());
      const server = await fleet.listen(place, { credentials: fleet.write("learner.nk", `${seed}\n`), ca });
      const credentials = fleet.write("robot.nats", "robot\nb\n");
      const start = (name: string, nats: object) => fleet.robot(name, place, { link: { nats } });
      const stranger = start("stranger", { credentials: fleet.write("s", "robot\nwrong\n"), ca });
      const unsure = start("unsure", { credentials });
      const { ca: another } = makeCertificates(fleet.directory, "another");
      const misled = start("misled", { credentials, ca: another });
      const robot = start("robot", { credentials, ca, machine });
      await expectTalk(server, robot, 0);
      const thief = start("thief", { credentials, ca, machine: "another" });
      await vi.waitFor(() => expect(stranger.notes().join()).toMatch(/Authorization Violation/i), soon);
      for (const { notes } of [unsure, misled]) {
        await vi.waitFor(() => expect(notes().join()).toMatch(/unable to (verify|get).*certificate/i), soon);
      }
      await vi.waitFor(() => expect(thief.notes().join()).toMatch(/permissions violation/i), soon);
      expect(server.robots).toBe(1);
    });

    test(
      "and users of an operator's account: their .creds files let them in, another operator's do not",
      slow,
      async () => {
        const certificates = makeCertificates(fleet.directory, "hub");
        const { ca } = certificates;
        const accounts = new Accounts();
        const place = await tlsServer(certificates, accounts.serverLines);
        const server = await fleet.listen(place, {
          credentials: fleet.write("learner.creds", accounts.user("learner")),
          ca,
        });
        const machine = "robot";
        const creds = accounts.user("robot", robotPermissions(machine));
        const credentials = fleet.write("robot.creds", creds);
        const robot = fleet.robot("robot", place, { link: { nats: { credentials, ca, machine } } });
        await expectTalk(server, robot, 0);
        const others = fleet.write("others.creds", new Accounts().user("robot", robotPermissions(machine)));
        const stranger = fleet.robot("stranger", place, { link: { nats: { credentials: others, ca, machine } } });
        const thief = fleet.robot("thief", place, { link: { nats: { credentials, ca, machine: "another" } } });
        await vi.waitFor(() => expect(stranger.notes().join()).toMatch(/Authorization Violation/i), soon);
        await vi.waitFor(() => expect(thief.notes().join()).toMatch(/permissions violation/i), soon);
        expect(server.robots).toBe(1);
      },
    );
  },
);
