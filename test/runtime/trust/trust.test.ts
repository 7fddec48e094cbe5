import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Dealer, Router } from "zeromq";
import { Gatekeeper } from "../../../runtime/trust/gatekeeper.ts";
import { defaultKeyDirectory, KeyStore } from "../../../runtime/trust/key-store.ts";
import { isSigned, makeKeys, parsePublicLine, publicLine, signText } from "../../../runtime/trust/keys.ts";
import { decodeZ85 } from "../../../runtime/trust/z85.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "reverie-keys-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("Z85 as its specification has it", () => {
  expect(Buffer.from(decodeZ85("HelloWorld")).toString("hex")).toBe("864fd26fb559f75b");
  expect(() => decodeZ85("Hello~orld")).toThrow('found "~"');
  expect(() => decodeZ85("Hello")).not.toThrow();
  expect(() => decodeZ85("Hell")).toThrow("multiple of 5");
  expect(() => decodeZ85("#####")).toThrow("found more");
});

describe("keys", () => {
  test("have a public line that says who it is and holds nothing secret", async () => {
    const keys = await makeKeys("robot-7");
    const line = publicLine(keys);
    const { name, curve, sign } = keys;
    expect(parsePublicLine(line)).toEqual({ name, curve, sign });
    expect(line).not.toContain(keys.curveSecret);
    expect(line).not.toContain(keys.signSecret);
    expect(decodeZ85(curve)).toHaveLength(32);
    await expect(makeKeys("no spaces")).rejects.toThrow('found "no spaces"');
  });

  test.each(["", "reverie-keys-1 a", "other-1 a b c", "reverie-keys-1 a b c d e"])("no line: %j", (line) => {
    expect(() => parsePublicLine(line)).toThrow('expected a line "reverie-keys-1 <name>');
  });

  test("sign text that only they can have signed", async () => {
    const [learner, stranger] = [await makeKeys("learner"), await makeKeys("stranger")];
    const signature = signText("policy 7", learner);
    expect(isSigned("policy 7", signature, learner)).toBe(true);
    expect(isSigned("policy 8", signature, learner)).toBe(false);
    expect(isSigned("policy 7", signText("policy 7", stranger), learner)).toBe(false);
    for (const no of [undefined, 7, "", "AAAA", "x".repeat(1000)])
      expect(isSigned("policy 7", no, learner)).toBe(false);
  });
});

describe("a store of keys", () => {
  test("keeps its own for its owner alone, and never writes over them", async () => {
    const store = new KeyStore(directory);
    expect(store.own()).toBeUndefined();
    const keys = await makeKeys("robot-7");
    store.save(keys);
    expect(store.own()).toEqual(keys);
    expect(parsePublicLine(readFileSync(store.publicPath, "utf8")).name).toBe("robot-7");
    const path = join(directory, "own.key");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(() => store.save(keys)).toThrow("expected no keys there yet");
    chmodSync(path, 0o644);
    expect(() => store.own()).toThrow(`chmod 600 ${path}`);
    chmodSync(path, 0o600);
    writeFileSync(path, "{}");
    expect(() => store.own()).toThrow("damaged");
  });

  test("allows machines by name, once, and takes them back", async () => {
    const store = new KeyStore(directory);
    expect(store.allowed()).toEqual([]);
    const peer = parsePublicLine(publicLine(await makeKeys("learner")));
    expect(store.allow(peer)).toBe(true);
    expect(store.allow(peer)).toBe(false);
    expect(store.allowed()).toEqual([peer]);
    await expect(makeKeys("learner").then((other) => store.allow(other))).rejects.toThrow("taken by other keys");
    expect(() => store.remove("nobody")).toThrow('"nobody"');
    store.remove("learner");
    expect(store.allowed()).toEqual([]);
    writeFileSync(join(directory, "allowed"), "# mine\n\nnonsense\n");
    expect(() => store.allowed()).toThrow(/allowed, line 3: expected a line/);
  });

  test("lies where the user's settings lie", () => {
    expect(defaultKeyDirectory({ XDG_CONFIG_HOME: "/x" })).toBe("/x/reverie/keys");
    expect(defaultKeyDirectory({})).toMatch(/\.config\/reverie\/keys$/);
  });
});

test("a socket with keys hears those who are allowed, and nobody else", { timeout: 20_000 }, async () => {
  const [learner, robot, stranger] = [await makeKeys("learner"), await makeKeys("robot"), await makeKeys("stranger")];
  const notes: string[] = [];
  const raw = Buffer.from(decodeZ85(robot.curve)).toString("hex");
  const gatekeeper = await Gatekeeper.open(new Set([raw]), (line) => notes.push(line));
  const router = new Router({ curveServer: true, curveSecretKey: learner.curveSecret, linger: 0 });
  await router.bind("tcp://127.0.0.1:*");
  const dealer = (options: object): Dealer => {
    const socket = new Dealer({ linger: 0, ...options });
    socket.connect(router.lastEndpoint!);
    return socket;
  };
  const curve = { curveServerKey: learner.curve };
  const sockets = {
    stranger: dealer({ ...curve, curvePublicKey: stranger.curve, curveSecretKey: stranger.curveSecret }),
    nobody: dealer({}),
    robot: dealer({ ...curve, curvePublicKey: robot.curve, curveSecretKey: robot.curveSecret }),
  };
  for (const [name, socket] of Object.entries(sockets)) void socket.send(name).catch(() => {});
  const heard: string[] = [];
  const listening = (async () => {
    for await (const [, frame] of router) heard.push(frame!.toString());
  })();
  await expect.poll(() => heard, { timeout: 8000 }).toContain("robot");
  await expect.poll(() => notes.length, { timeout: 8000 }).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(heard).toEqual(["robot"]);
  expect(notes[0]).toBe("link: refused a connection from 127.0.0.1: its key is not allowed");
  for (const socket of Object.values(sockets)) socket.close();
  router.close();
  await Promise.all([gatekeeper.close(), listening]);
});
