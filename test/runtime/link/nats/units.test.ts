import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { policyNames } from "../../../../learner/link/object-store.ts";
import { endpoint } from "../../../../runtime/cli/arguments.ts";
import { seal, unseal } from "../../../../runtime/link/nats/envelope.ts";
import { Mailbox } from "../../../../runtime/link/nats/mailbox.ts";
import { secured } from "../../../../runtime/link/nats/security.ts";
import { machineOf, peerName, subjectsOf } from "../../../../runtime/link/nats/subjects.ts";
import { SentRows } from "../../../../runtime/link/sent-rows.ts";
import { isLoopback } from "../../../../runtime/trust/endpoint.ts";
import { expectEndpointSecured } from "../../../../runtime/trust/endpoint-security.ts";
import { fc } from "../../../properties.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "reverie-nats-units-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const anyFrames = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 6 });

test("frames come back as they were, and a payload that is cut, longer or made up is refused", () => {
  fc.assert(
    fc.property(anyFrames, (frames) => {
      const payload = seal(frames);
      expect(unseal(payload).map((frame) => [...frame])).toEqual(frames.map((frame) => [...frame]));
      expect(() => unseal(payload.subarray(0, -1))).toThrow("nats: expected");
      expect(() => unseal(Buffer.concat([payload, Uint8Array.of(0)]))).toThrow("nats: expected frames of");
    }),
  );
  expect(() => unseal(new Uint8Array(0))).toThrow("found 0");
  expect(() => unseal(Uint8Array.of(255, 255, 255, 255))).toThrow("found 4294967295");
});

test("a machine's name is one token of a subject and comes back, whatever dots it has", () => {
  const subjects = subjectsOf("north");
  const subject = subjects.rows("arm-1.lab.example", "ab12");
  expect(subject).toBe("reverie.north.rows.arm-1~lab~example.ab12");
  expect(machineOf(subject)).toEqual({ machine: "arm-1.lab.example", rest: "ab12", peer: "arm-1~lab~example.ab12" });
  expect(peerName("a b*>", "s")).toBe("a-b--.s");
  for (const fleet of ["", "a.b", "a b", "*", "x".repeat(33)]) expect(() => subjectsOf(fleet)).toThrow("nats.fleet");
});

test("a mailbox gives in turn what it took, refuses more than it holds, and ends", async () => {
  const mailbox = new Mailbox<number>(2);
  expect([1, 2, 3].map((item) => mailbox.push(item))).toEqual([true, true, false]);
  const heard: number[] = [];
  const reading = (async () => {
    for await (const item of mailbox) heard.push(item);
  })();
  await new Promise(setImmediate);
  mailbox.push(4);
  await new Promise(setImmediate);
  mailbox.close();
  await reading;
  expect(heard).toEqual([1, 2, 4]);
  expect(mailbox.push(5)).toBe(false);
});

test("rows are safe as far as nothing before them is open, whatever order the broker answers in", () => {
  const sent = new SentRows(0);
  sent.restart(10);
  const batches = [10, 20, 30].map((first) => sent.add(first, 10, 5));
  sent.keep(batches[2]!);
  expect(sent.safe).toBe(10);
  sent.keep(batches[0]!);
  expect(sent.safe).toBe(20);
  expect(sent.bytes).toBe(10);
  sent.giveUp();
  expect([sent.countFrom(20), sent.countFrom(30), sent.countFrom(10), sent.bytes]).toEqual([10, 10, undefined, 0]);
  sent.keep(batches[1]!);
  expect(sent.safe).toBe(20);
  sent.ack(25);
  expect(sent.safe).toBe(25);
  sent.restart(5);
  expect([sent.safe, sent.countFrom(20)]).toEqual([5, undefined]);
});

test("beyond this machine a NATS server needs credentials, and they are never in the address", () => {
  const none = { credentials: "", ca: "" };
  expect(isLoopback("nats://localhost:4222")).toBe(true);
  expect(isLoopback("nats://192.168.1.5:4222")).toBe(false);
  const secure = (place: string) => () => expectEndpointSecured(place, "runtime.link.nats", none);
  expect(secure("nats://127.0.0.1:4222")).not.toThrow();
  expect(secure("tcp://10.0.0.1:5556")).not.toThrow();
  expect(secure("nats://10.0.0.1:4222")).toThrow(
    "nats://10.0.0.1:4222: expected TLS and credentials beyond this machine, found no credentials: --runtime.link.nats.credentials=<file>",
  );
  expect(endpoint("robot", "learner", "nats://hub.example:4222")).toBe("nats://hub.example:4222");
  expect(() => endpoint("robot", "learner", "nats://me:secret@127.0.0.1:4222")).toThrow(/^(?!.*secret).*into a file/);
});

test("credentials are of one of three kinds, for their owner's eyes only, and never repeated", async () => {
  const path = join(directory, "nats");
  const write = (text: string) => writeFileSync(path, text, { mode: 0o600 });
  const read = () => secured("nats://10.0.0.1:4222", { credentials: path, ca: "" });
  await expect(read()).rejects.toThrow("found no file");
  write("robot-1\nsecret\n");
  expect((await read()).authenticator).toBeDefined();
  expect((await read()).tls).toEqual({});
  write("SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY\n");
  expect((await read()).authenticator).toBeDefined();
  write("secret");
  await expect(read()).rejects.toThrow(
    /^(?!.*secret).*expected a \.creds file, an nkey's seed, or a user and a password/,
  );
  write("robot-1\nsecret\n");
  chmodSync(path, 0o644);
  await expect(read()).rejects.toThrow(`chmod 600 ${path}`);
  expect(await secured("nats://127.0.0.1:4222", { credentials: "", ca: "" })).toEqual({});
});

test("a policy's names say its version and what it holds", () => {
  const files = { weights: new Uint8Array(0), graph: new Uint8Array(0) };
  const hashes = { weightsHash: "ab".repeat(32), graphHash: "cd".repeat(32) };
  expect(policyNames({ policyVersion: 12, ...hashes, ...files })).toEqual({
    weights: "weights-0000000012-abababababababab",
    graph: "graph-cdcdcdcdcdcdcdcd",
  });
});
