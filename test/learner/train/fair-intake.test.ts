import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { Experience, MOST_ROWS } from "../../../learner/train/experience.ts";
import type { LinkHost } from "../../../learner/train/link-host.ts";
import { LinkServer } from "../../../learner/train/link-server.ts";
import { counterRows, FakeRobot, SCHEMA } from "./fake-robot.ts";

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
});

test("a robot that floods delays another by a message or two, and timers not at all", async () => {
  const order: string[] = [];
  let open = () => {};
  const held = new Promise<void>((resolve) => (open = resolve));
  let ticks = 0;
  const host: LinkHost = {
    greet: async ({ stream }) => {
      if (stream === "last") await held; // meanwhile the others' messages queue up
      return { resume: 0 };
    },
    joined: () => {},
    rows: (stream) => {
      order.push(stream);
      for (const until = performance.now() + 6; performance.now() < until; ); // work
      return "taken";
    },
    skipTo: () => {},
    next: () => 0,
    durable: () => 0,
    knows: () => true,
    report: () => {},
  };
  const server = await LinkServer.bind("tcp://127.0.0.1:*", host);
  cleanUp.push(() => server.close());
  server.serve();
  const robots = Object.fromEntries(
    ["flood", "calm", "last"].map((stream) => [stream, new FakeRobot(server.endpoint, stream)]),
  );
  for (const robot of Object.values(robots)) cleanUp.push(() => robot.close());
  for (const stream of ["flood", "calm"]) {
    await robots[stream]!.hello();
    await robots[stream]!.expect("welcome");
  }
  await robots.last!.hello();
  for (let i = 0; i < 40; i++) await robots.flood!.rows(0, 1);
  await robots.calm!.rows(0, 1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const timer = setInterval(() => ticks++, 1);
  cleanUp.push(() => clearInterval(timer));
  open();
  for (const until = Date.now() + 10_000; order.length < 41 && Date.now() < until; ) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(order).toHaveLength(41);
  expect(order.indexOf("calm")).toBeLessThan(4);
  expect(ticks).toBeGreaterThan(20);
});

test("more rows in one message than another robot should wait for are refused before they are read", () => {
  const directory = mkdtempSync(join(tmpdir(), "reverie-fair-"));
  cleanUp.push(() => rmSync(directory, { recursive: true, force: true }));
  const experience = new Experience({
    images: true,
    directory,
    schema: SCHEMA,
    capacity: 100,
    onRing: () => {},
    onStep: () => {},
    onDurable: () => {},
    report: () => {},
  });
  cleanUp.push(() => experience.close());
  const many = counterRows(0, MOST_ROWS + 1);
  expect(experience.take("one", 0, many)).toEqual({
    refuse: "rows from 0: expected at most 4096 together, found 4097",
  });
  expect(experience.next("one")).toBe(0);
  expect(experience.take("one", 0, counterRows(0, MOST_ROWS))).toBe("taken");
});
