import { expect, test } from "vitest";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import type { StepMessage } from "../../../runtime/ipc.ts";
import { StepFeed } from "../../../runtime/supervisor/step-feed.ts";

const step = (sequence: number): StepMessage => ({ type: "step", sequence, episode: 0, row: new Uint8Array(1) });

test("steps that no link takes for too long are given up, the oldest first, and that is said, not every time", () => {
  const sent: number[] = [];
  const lines: string[] = [];
  const settings = { ...RUNTIME_DEFAULTS.supervisor, ringRows: 10 };
  const feed = new StepFeed(
    settings,
    ({ sequence }) => sent.push(sequence),
    (line) => lines.push(line),
  );
  for (let i = 0; i < 10; i++) feed.push(step(i));
  expect(lines).toEqual([]);
  for (let i = 10; i < 500; i++) feed.push(step(i));
  expect(feed.lost).toBe(490);
  expect(lines).toEqual([
    "steps: 10 wait for the link to write them, and the oldest are given up, 1 so far; make room on the robot's disk, or give them more memory (--runtime.supervisor.ringRows)",
  ]);
  feed.open(0);
  expect(sent).toEqual([490, 491, 492, 493, 494, 495, 496, 497, 498, 499]);
});

test("what the link had and did not write goes to the next link again", () => {
  const sent: number[] = [];
  const feed = new StepFeed(
    RUNTIME_DEFAULTS.supervisor,
    ({ sequence }) => sent.push(sequence),
    () => {},
  );
  feed.open(0);
  for (let i = 0; i < 5; i++) feed.push(step(i));
  feed.written(2);
  feed.close();
  feed.push(step(5));
  feed.open(2);
  expect(sent).toEqual([0, 1, 2, 3, 4, 2, 3, 4, 5]);
});
