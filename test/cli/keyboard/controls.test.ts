import { beforeEach, expect, test } from "vitest";
import { Controls } from "../../../runtime/cli/keyboard/controls.ts";
import type { Order } from "../../../runtime/governor/orders.ts";
import { NO_GOVERNOR, NO_LINK, type RobotStatus } from "../../../runtime/supervisor/status.ts";

const stand = { key: "s", name: "stand", action: [0.9, 0] };
const crouch = { key: "c", name: "crouch", action: [-0.9, 0] };
const release: Order = { type: "steer", action: undefined };
const steerTo = ({ action }: typeof stand): Order => ({ type: "steer", action: Float32Array.from(action) });

let nowMs = 0;
let controls: Controls;
let orders: Order[];
let shown: object[];
beforeEach(() => {
  nowMs = 1000;
  orders = [];
  shown = [];
  controls = new Controls({ gestures: [stand, crouch], actionSize: 2 }, () => nowMs);
  controls.onChange = (now) => shown.push(now);
  controls.connect((order) => orders.push(order));
});

function status(standstill: RobotStatus["standstill"]): RobotStatus {
  const restarts = { governor: 0, policy: 0, link: 0 };
  return {
    ...NO_GOVERNOR,
    standstill,
    link: NO_LINK,
    policyAgeSeconds: 0,
    surprise: 0,
    answerMs: 0,
    restarts,
    lostSteps: 0,
    lostImages: 0,
  };
}

test("a gesture is held until its key comes again, another's, or backspace", () => {
  for (const gesture of [stand, stand, stand, crouch]) controls.carryOut({ type: "gesture", gesture });
  controls.carryOut({ type: "release" });
  controls.carryOut({ type: "release" });
  expect(orders).toEqual([steerTo(stand), release, steerTo(stand), steerTo(crouch), release]);
  expect(shown.map((now) => (now as { steering?: string }).steering)).toEqual([
    "stand",
    undefined,
    "stand",
    "crouch",
    undefined,
  ]);
});

test("an action from elsewhere is taken back with backspace", () => {
  controls.order({ type: "steer", action: Float32Array.of(1, 1) });
  expect(shown.at(-1)).toEqual({ paused: false, steering: "an action" });
  controls.carryOut({ type: "release" });
  expect(orders.at(-1)).toEqual(release);
});

test("p pauses and resumes, also what was paused elsewhere, and is not fooled by a status of before", () => {
  const p = () => {
    controls.carryOut({ type: "pause" });
    return orders.at(-1)!.type;
  };
  const paused = (sinceMs: number) => status({ cause: "operator", text: "paused", sinceMs });
  expect([p(), p(), p()]).toEqual(["pause", "resume", "pause"]);
  controls.see(paused(1000));
  nowMs = 2000;
  expect(p()).toBe("resume");
  controls.see(paused(1000)); // on its way before the robot heard of it
  expect(p()).toBe("pause");
  expect(p()).toBe("resume");
  controls.see(paused(3000));
  expect(p()).toBe("resume");
  controls.see(status({ cause: "policy", text: "its process is gone", sinceMs: 4000 }));
  expect(p()).toBe("pause");
});

test("processes that are started again hear what still holds", () => {
  controls.carryOut({ type: "estop" });
  controls.carryOut({ type: "pause" });
  controls.carryOut({ type: "mark", mark: "failed" });
  expect(controls.stopped).toBe(true);
  const again: Order[] = [];
  controls.connect((order) => again.push(order));
  expect(again).toEqual([{ type: "estop", from: "the terminal" }, { type: "pause" }]);
  controls.carryOut({ type: "reset" });
  expect(again.at(-1)).toEqual({ type: "reset" });
  expect(controls.stopped).toBe(false);
  expect(orders).toHaveLength(3);
});
