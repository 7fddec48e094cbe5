import { createServer } from "node:net";
import { expect, test } from "vitest";
import { greet } from "../../../runtime/cli/doctor/greet.ts";
import { checkLearner } from "../../../runtime/cli/doctor/learner.ts";
import { THRESHOLDS } from "../../../runtime/cli/doctor/thresholds.ts";
import { type Fake, fakeSystem, NOTHING } from "./fake-system.ts";

const greeting = (mechanism: string): Uint8Array => {
  const bytes = new Uint8Array(64);
  bytes[0] = 0xff;
  bytes[9] = 0x7f;
  bytes[10] = 3;
  bytes.set(Buffer.from(mechanism), 12);
  return bytes;
};
const answering = (heard: Uint8Array): Fake => ({
  over: { greet: async () => ({ heard, connectMs: 1, answerMs: 2 }) },
});
const check = (has: Fake, learner: string, keys?: string) =>
  checkLearner(fakeSystem(has), { ...NOTHING, learner, keys }, THRESHOLDS);
const HERE = "tcp://127.0.0.1:5556";
const THERE = "tcp://learner.local:5556";

test("a learner on this machine is none of its business", async () => {
  expect(await check({}, "")).toMatchObject([{ verdict: "note" }]);
});

test.each([
  { is: "a learner in the clear, here", has: answering(greeting("NULL")), learner: HERE, verdict: "pass" },
  { is: "one that wants keys, here", has: answering(greeting("CURVE")), learner: HERE, verdict: "fail" },
  { is: "an encrypted one elsewhere", has: answering(greeting("CURVE")), learner: THERE, verdict: "pass" },
  { is: "one in the clear elsewhere", has: answering(greeting("NULL")), learner: THERE, verdict: "fail" },
  { is: "some other server", has: answering(Buffer.from("SSH-2.0-OpenSSH")), learner: HERE, verdict: "fail" },
  { is: "nobody", has: {}, learner: HERE, verdict: "fail" },
])("$is: $verdict", async ({ has, learner, verdict }) => {
  const findings = await check(has, learner, learner === THERE ? "/no/keys" : undefined);
  expect(findings.find(({ what }) => what === learner)!.verdict).toBe(verdict);
});

test("beyond this machine keys have to be here, and the command that makes them is named", async () => {
  const [keys] = await check(answering(greeting("CURVE")), THERE, "/no/keys");
  expect(keys).toMatchObject({ verdict: "fail", what: "keys", fix: "reverie keys new" });
});

test("a real socket is greeted and timed; one that says nothing is not waited for", async () => {
  const server = createServer((socket) =>
    socket.on("data", (hello) => hello.length > 1 && socket.write(greeting("NULL"))),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  try {
    const { heard, connectMs } = await greet("127.0.0.1", port, Uint8Array.of(1, 2), 64, 5000);
    expect(heard).toHaveLength(64);
    expect(connectMs).toBeGreaterThan(0);
    expect((await greet("127.0.0.1", port, Uint8Array.of(1), 64, 50)).heard).toHaveLength(0);
  } finally {
    server.close();
  }
  await expect(greet("127.0.0.1", port, Uint8Array.of(1), 1, 500)).rejects.toThrow(/ECONNREFUSED/);
});
