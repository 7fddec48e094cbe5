import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Fleet, natsServer, soon, upTo, WHY } from "./fleet.ts";

const slow = { timeout: 60_000 };

let fleet: Fleet;
beforeEach(() => {
  fleet = new Fleet();
});
afterEach(() => fleet.close());

describe.skipIf(natsServer === undefined)(`rows through a NATS server${WHY}`, () => {
  test("arrive once each, whoever of learner, robot and server is killed", slow, async () => {
    const server = await fleet.server();
    await fleet.learner(server.endpoint);
    const first = fleet.robot("one", server.endpoint);
    first.feed(0, 1000);
    await vi.waitFor(() => expect(first.link.status.acked).toBeGreaterThan(0), soon);
    await fleet.killLearner();
    first.feed(1000, 3000);
    await vi.waitFor(() => expect(first.link.status.acked).toBeLessThan(3000), soon);
    await fleet.learner(server.endpoint);
    await vi.waitFor(() => expect(first.link.status.acked).toBe(3000), soon);

    await server.kill();
    first.feed(3000, 4000);
    await server.restart();
    first.feed(4000, 4500);
    await vi.waitFor(() => expect(first.link.status.acked).toBe(4500), soon);

    first.feed(4500, 5000);
    await first.link.close(0);
    const second = fleet.robot("one", server.endpoint, {}, true);
    second.feed(5000, 5200);
    await vi.waitFor(() => expect(second.link.status.acked).toBe(5200), soon);
    expect(fleet.logged()).toEqual([upTo(5200)]);
  });
});
