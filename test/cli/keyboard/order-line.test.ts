import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { LineReader } from "../../../runtime/cli/keyboard/line-reader.ts";
import { orderOf } from "../../../runtime/cli/keyboard/order-line.ts";

const robot = { gestures: [{ key: "s", name: "stand", action: [0.5, -0.5] }], actionSize: 2 };

test.each([
  ['{"order":"estop"}', { type: "estop", from: "the standard input" }],
  ['{"order":"reset"}', { type: "reset" }],
  [' {"order":"pause"}\r', { type: "pause" }],
  ['{"order":"resume"}', { type: "resume" }],
  ['{"order":"mark","mark":"worked"}', { type: "mark", mark: "worked" }],
  ['{"order":"steer","action":[1,0]}', { type: "steer", action: Float32Array.of(1, 0) }],
  ['{"order":"steer","gesture":"stand"}', { type: "steer", action: Float32Array.of(0.5, -0.5) }],
  ['{"order":"steer"}', { type: "steer", action: undefined }],
])("%s is an order", (line, order) => {
  expect(orderOf(line, robot)).toEqual(order);
});

test.each([
  ["estop", 'expected an order as {"order":"estop"}, found "estop"'],
  ["[]", 'expected an order as {"order":"estop"}, found []'],
  ["{}", "order: expected one of estop, reset, pause, resume, steer, mark, found nothing"],
  ['{"order":"constructor"}', 'found "constructor"'],
  ['{"order":"reset","now":true}', 'order reset: expected nothing else, found "now"'],
  ['{"order":"steer","acton":[1,1]}', 'order steer: expected action, gesture, found "acton"'],
  ['{"order":"mark"}', "order mark: expected mark as one of end, worked, failed, found nothing"],
  ['{"order":"steer","action":[1]}', "order steer: expected action as 2 numbers, found [1]"],
  ['{"order":"steer","action":[1,1e99]}', "expected action as 2 numbers, found [1,1e+99]"],
  ['{"order":"steer","action":["1",1]}', 'expected action as 2 numbers, found ["1",1]'],
  ['{"order":"steer","gesture":"sit"}', 'order steer: expected gesture as one of stand, found "sit"'],
  ['{"order":"steer","gesture":"stand","action":[1,1]}', "expected an action or a gesture, found both"],
])("%s is none", (line, message) => {
  expect(() => orderOf(line, robot)).toThrow(message);
});

test("lines are whole ones, however they come; a line without an end is not kept for ever", async () => {
  const input = new PassThrough();
  const lines: string[] = [];
  const reader = new LineReader(input, (line) => lines.push(line));
  for (const chunk of ["a", "b\n\n", "c\nd", "\n", "x".repeat(50_000), "y\ne\n"]) input.write(chunk);
  await new Promise(setImmediate);
  expect(lines.map((line) => line.slice(0, 3))).toEqual(["ab", "c", "d", "xxx", "e"]);
  expect(lines[3]).toHaveLength(10_000);
  input.emit("error", new Error("EIO"));
  reader.close();
  input.write("z\n");
  await new Promise(setImmediate);
  expect(lines).toHaveLength(5);
});
