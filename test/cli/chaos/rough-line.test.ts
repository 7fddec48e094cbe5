import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CALM, RoughLine } from "../../../runtime/cli/chaos/rough-line.ts";

const soon = { timeout: 5000, interval: 5 };

let line: RoughLine;
let server: Server;
/** What each connection brought, in the order they came. */
let heard: Buffer[] = [];
let sockets: Socket[] = [];

beforeEach(async () => {
  heard = [];
  sockets = [];
  server = createServer((socket) => {
    const at = heard.push(Buffer.alloc(0)) - 1;
    sockets.push(socket);
    socket.on("data", (bytes) => {
      heard[at] = Buffer.concat([heard[at]!, bytes]);
    });
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  line = await RoughLine.open();
  line.target = (server.address() as { port: number }).port;
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  line.close();
  server.close();
});

async function dial(): Promise<Socket & { ended: boolean }> {
  const socket = Object.assign(connect(line.port, "127.0.0.1"), { ended: false });
  sockets.push(socket);
  socket.on("error", () => {});
  socket.on("end", () => {
    socket.ended = true;
  });
  socket.resume();
  await new Promise((resolve) => socket.once("connect", resolve).once("close", resolve));
  return socket;
}

const noise = Buffer.from(Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 251));

test("every byte comes through, in order, also over a slow and long line", async () => {
  line.weather = { ...CALM, delayMs: 20, bytesPerSecond: 400_000 };
  const began = performance.now();
  (await dial()).write(noise);
  await vi.waitFor(() => expect(heard[0]?.length).toBe(noise.length), soon);
  expect(heard[0]!.equals(noise)).toBe(true);
  expect(performance.now() - began).toBeGreaterThan(150);
});

test("a stalled line holds everything, and no more than it should, until it moves again", async () => {
  line.weather = { ...CALM, stalled: true };
  const socket = await dial();
  for (let i = 0; i < 100; i++) socket.write(noise);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(heard[0]?.length ?? 0).toBe(0);
  expect(line.heldBytes).toBeLessThan(1e6);
  line.weather = CALM;
  await vi.waitFor(() => expect(heard[0]?.length).toBe(100 * noise.length), soon);
});

test("what an older connection said comes later than what a newer one says", async () => {
  const old = await dial();
  await vi.waitFor(() => expect(heard.length).toBe(1), soon);
  line.weather = { ...CALM, stalled: true };
  old.write("old");
  await vi.waitFor(() => expect(line.heldBytes).toBe(3), soon);
  line.deliverLate(150);
  line.weather = CALM;
  await vi.waitFor(() => expect(old.destroyed).toBe(true), soon);
  (await dial()).write("new");
  await vi.waitFor(() => expect(heard[1]?.toString()).toBe("new"), soon);
  expect(heard[0]!.toString()).toBe("");
  await vi.waitFor(() => expect(heard[0]!.toString()).toBe("old"), soon);
});

test("connections are cut, halved and refused", async () => {
  const first = await dial();
  await vi.waitFor(() => expect(heard.length).toBe(1), soon);
  line.halfClose("client");
  await vi.waitFor(() => expect(first.ended).toBe(true), soon);
  const second = await dial();
  await vi.waitFor(() => expect(heard.length).toBe(2), soon);
  line.cut();
  await vi.waitFor(() => expect(second.destroyed).toBe(true), soon);
  line.weather = { ...CALM, refusing: true };
  const third = await dial();
  await vi.waitFor(() => expect(third.destroyed).toBe(true), soon);
  expect(heard.length).toBe(2);
  expect(line.counts).toMatchObject({ refused: 1 });
});
