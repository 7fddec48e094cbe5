import { afterEach, describe, expect, test } from "vitest";
import { encode } from "../../../drivers/ros2/messages/codec.ts";
import { encodeCbor } from "../../../drivers/ros2/mock/cbor.ts";
import { Graph } from "../../../drivers/ros2/mock/graph.ts";
import { RosbridgeServer } from "../../../drivers/ros2/mock/rosbridge-server.ts";
import { RosbridgeTransport } from "../../../drivers/ros2/rosbridge/carrier.ts";
import { toJson } from "../../../drivers/ros2/rosbridge/json.ts";
import type { RosbridgeSettings } from "../../../drivers/ros2/rosbridge/settings.ts";

const CMD = { name: "/cmd", type: "std_msgs/msg/Float64MultiArray", qos: "command" } as const;
const message = (...data: number[]) => ({ layout: { dim: [], data_offset: 0 }, data: Float64Array.from(data) });
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function connected(settings: Partial<RosbridgeSettings> = {}) {
  const graph = new Graph();
  const server = new RosbridgeServer(graph);
  open.push(server);
  const url = await server.listen();
  const lines: string[] = [];
  const transport = new RosbridgeTransport(url, (line) => lines.push(line), { backoffMs: 10, ...settings });
  open.push(transport);
  let returns = 0;
  await transport.open(() => returns++);
  return { graph, server, transport, lines, url, returns: () => returns };
}

const until = (what: () => boolean): Promise<void> => expect.poll(what, { timeout: 5000, interval: 5 }).toBe(true);

describe.each(["cbor-raw", "cbor"])("subscribed as %s", (compression) => {
  test("messages arrive as the very CDR that was published", async () => {
    const { graph, server, transport } = await connected({ compression });
    const heard: string[] = [];
    transport.subscribe(CMD, (cdr) => heard.push(hex(cdr)));
    await server.settled();
    const cdr = encode(CMD.type, message(0.5, -1.25));
    graph.publish(CMD.name, CMD.type, cdr);
    await until(() => heard.length > 0);
    expect(heard).toEqual([hex(cdr)]);
  });
});

test("what is published arrives as CDR on the other side, byte arrays included", async () => {
  const { graph, server, transport } = await connected();
  const said: string[] = [];
  graph.subscribe("/picture", "sensor_msgs/msg/CompressedImage", (cdr) => said.push(hex(cdr)));
  const picture = {
    header: { stamp: { sec: 1, nanosec: 2 }, frame_id: "c" },
    format: "jpeg",
    data: Uint8Array.of(255, 216, 0),
  };
  const publish = transport.advertise({ name: "/picture", type: "sensor_msgs/msg/CompressedImage", qos: "command" });
  expect(publish(picture)).toBe(true);
  await server.settled();
  expect(said).toEqual([hex(encode("sensor_msgs/msg/CompressedImage", picture))]);
});

test("numbers that are not finite are refused by their field, before anything is sent", async () => {
  const { server, transport } = await connected();
  const publish = transport.advertise(CMD);
  expect(() => publish(message(1, Number.NaN))).toThrow('rosbridge: "data" is not finite: NaN; nothing was sent');
  expect(() => toJson({ x: Number.POSITIVE_INFINITY })).toThrow('"x" is not finite');
  await server.settled();
  expect(server.log).toEqual([]);
});

test("a lost connection is there again with everything subscribed and advertised, and is told of", async () => {
  const { graph, server, transport, lines, returns } = await connected();
  const heard: string[] = [];
  transport.subscribe(CMD, (cdr) => heard.push(hex(cdr)));
  const publish = transport.advertise({ ...CMD, name: "/out" });
  await server.settled();
  server.drop();
  await until(() => !transport.connected);
  expect(publish(message(1))).toBe(false);
  await until(() => returns() === 1);
  await server.settled();
  const said: string[] = [];
  graph.subscribe("/out", CMD.type, (cdr) => said.push(hex(cdr)));
  graph.publish(CMD.name, CMD.type, encode(CMD.type, message(2)));
  expect(publish(message(3))).toBe(true);
  await until(() => heard.length === 1 && said.length === 1);
  expect(said).toEqual([hex(encode(CMD.type, message(3)))]);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/the connection is lost .*; connecting anew$/);
  expect(lines[1]).toMatch(/connected again$/);
});

test("a server that is there but silent, as behind a dead radio link, is left and connected to anew", async () => {
  const { server, transport, returns } = await connected({ pingMs: 10, silentMs: 60 });
  server.freeze(true);
  await until(() => !transport.connected);
  server.freeze(false);
  await until(() => returns() === 1);
});

test("commands do not pile up for a server that does not take them", async () => {
  const { server, transport } = await connected({ silentMs: 60_000, mostWaitingBytes: 4096 });
  const publish = transport.advertise(CMD);
  await server.settled();
  server.freeze(true);
  const large = message(...new Float64Array(20_000).fill(Math.PI));
  let sent = 0;
  while (publish(large) && sent < 1000) sent++;
  expect(sent).toBeLessThan(1000);
  server.freeze(false);
  await until(() => publish(message(1)));
});

test("services answer, fail by name, or are too late by name; none waits for ever", async () => {
  const { graph, server, transport } = await connected();
  graph.offer("/ok", (request) => ({ got: request }));
  graph.offer("/mute", () => undefined);
  expect(await transport.call("/ok", "x/srv/Y", { names: ["a"] }, 1000)).toEqual({ got: { names: ["a"] } });
  await expect(transport.call("/gone", "x/srv/Y", {}, 1000)).rejects.toThrow(
    "service /gone: Service /gone does not exist",
  );
  await expect(transport.call("/mute", "x/srv/Y", {}, 30)).rejects.toThrow(
    "service /mute: expected an answer in 30 ms, found none",
  );
  const cut = transport.call("/mute", "x/srv/Y", {}, 10_000);
  server.drop();
  await expect(cut).rejects.toThrow("service /mute: the connection is lost");
});

test("a topic's rate can be limited where it is sent", async () => {
  const { graph, server, transport } = await connected({ throttleMs: 1000 });
  let heard = 0;
  transport.subscribe(CMD, () => heard++);
  await server.settled();
  for (let i = 0; i < 20; i++) graph.publish(CMD.name, CMD.type, encode(CMD.type, message(i)));
  await until(() => heard > 0);
  expect(heard).toBe(1);
});

describe("a server that sends nonsense", () => {
  const frames: [string, Buffer | string, string][] = [
    ["bytes that are no CBOR", Buffer.of(0x9f), "CBOR: expected a definite length"],
    ["text that is no JSON", "{op", "in JSON"],
    [
      "a message without its bytes",
      encodeCbor({ op: "publish", topic: "/cmd", msg: { secs: 1 } }),
      "/cmd: expected the bytes of a message",
    ],
    ["no message", encodeCbor({ op: "publish", topic: "/cmd" }), "/cmd: expected the bytes of a message"],
    [
      "JSON where CBOR was asked for",
      '{"op":"publish","topic":"/cmd","msg":{}}',
      "/cmd: expected cbor-raw, found JSON",
    ],
  ];

  test("is told of it, each once, and nothing ends", async () => {
    const { server, transport, lines, graph } = await connected();
    const heard: Uint8Array[] = [];
    transport.subscribe(CMD, (cdr) => heard.push(cdr));
    await server.settled();
    for (const harmless of ["null", "[]", "3", '"x"', '{"op":"service_response","id":"nobody"}'])
      server.sendRaw(harmless);
    for (const [, frame] of [...frames, ...frames]) server.sendRaw(frame);
    graph.publish(CMD.name, CMD.type, encode(CMD.type, message(1)));
    await until(() => heard.length > 0);
    expect(heard).toHaveLength(1);
    const reasons = [...new Set(frames.map(([, , reason]) => reason))];
    expect(lines).toHaveLength(reasons.length);
    reasons.forEach((reason, i) => {
      expect(lines[i]).toContain(reason);
    });
  });

  test.each([
    [{}, "std_msgs/msg/Float64MultiArray: expected layout, found none"],
    [
      { layout: { dim: [{ label: "", size: 1 }], data_offset: 0 }, data: new Float64Array(0) },
      "expected layout.dim.stride, found none",
    ],
    [{ layout: null, data: new Float64Array(0) }, "expected layout, found null"],
  ])("a cbor message with a field missing (%j) is not read as zeros", async (msg, reason) => {
    const { server, transport, lines } = await connected({ compression: "cbor" });
    let heard = 0;
    transport.subscribe(CMD, () => heard++);
    await server.settled();
    server.sendRaw(encodeCbor({ op: "publish", topic: "/cmd", msg }));
    await until(() => lines.length > 0);
    expect(lines[0]).toContain(reason);
    expect(heard).toBe(0);
  });
});

test("nobody there: the address, what was found and what to start", async () => {
  const { server, url } = await connected();
  await server.close();
  const alone = new RosbridgeTransport(url, () => {});
  await expect(alone.open(() => {})).rejects.toThrow(
    /^rosbridge at ws:.*: expected its server, found .*ECONNREFUSED.*; is it running\? ros2 launch rosbridge_server/,
  );
  await alone.close();
});

test.each([
  ["http://robot:9090", {}, 'expected an address like ws://robot.local:9090, found "http://robot:9090"'],
  ["ws://robot:9090", { compression: "png" }, 'rosbridge.compression: expected cbor-raw or cbor, found "png"'],
])("%s with %j is refused", (url, settings, reason) => {
  expect(() => new RosbridgeTransport(url, () => {}, settings)).toThrow(reason);
});
