import { expect, test } from "vitest";
import type { Order } from "../../../runtime/governor/orders.ts";
import { StandingOrders } from "../../../runtime/supervisor/standing-orders.ts";

const estop: Order = { type: "estop", from: "the terminal" };
const steer: Order = { type: "steer", action: Float32Array.of(1) };

test("what still holds is said again, the emergency stop first; what was taken back and what is over is not", () => {
  const standing = new StandingOrders();
  for (const order of [steer, { type: "pause" }, estop, { type: "mark", mark: "worked" }] as Order[])
    standing.add(order);
  expect(standing.orders).toEqual([estop, { type: "pause" }, steer]);
  expect(standing).toMatchObject({ stopped: true, paused: true });
  standing.add({ type: "resume" });
  expect(standing.orders).toEqual([estop, steer]);
  standing.add({ type: "reset" });
  standing.add({ type: "steer", action: undefined });
  expect(standing.orders).toEqual([]);
  expect(standing).toMatchObject({ stopped: false, paused: false });
});
