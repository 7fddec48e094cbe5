import { expect, test } from "vitest";
import { NewestSender } from "../../../drivers/camera/newest-sender.ts";

test("one at a time, and of what waited only the newest; the rest is counted", () => {
  const sent: number[] = [];
  const dones: (() => void)[] = [];
  const sender = new NewestSender<number>((thing, done) => {
    sent.push(thing);
    dones.push(done);
  });
  for (const thing of [1, 2, 3, 4]) sender.offer(thing);
  expect(sent).toEqual([1]);
  expect(sender.superseded).toBe(2);
  dones.shift()!();
  expect(sent).toEqual([1, 4]);
  dones.shift()!();
  expect(sent).toEqual([1, 4]);
  sender.offer(5);
  expect(sent).toEqual([1, 4, 5]);
  expect(sender.superseded).toBe(2);
});
