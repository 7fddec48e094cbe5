import { expect, test } from "vitest";
import { frameValues } from "../../../../runtime/log/lerobot/frame-values.ts";
import { type Frame, framesOf } from "../../../../runtime/log/lerobot/frames.ts";
import type { StoredStep } from "../../../../runtime/log/stored-steps.ts";
import type { Step } from "../../../../runtime/step.ts";
import { BLIND, numbered } from "./recorded.ts";

function stored(steps: readonly Step[], stream = "a"): StoredStep[] {
  return steps.map((step) => ({ stream, step, images: [] }));
}

const steps = (count: number, changes: Readonly<Record<number, Partial<Step>>> = {}) =>
  Array.from({ length: count }, (_, i) => numbered(BLIND, i, changes[i]));

/** Lengths of the episodes. */
function lengths(frames: Iterable<Frame>): number[] {
  const found: number[] = [];
  let length = 0;
  for (const { ends } of frames) {
    length++;
    if (!ends) continue;
    found.push(length);
    length = 0;
  }
  expect(length).toBe(0);
  return found;
}

test("a frame has what was done AT its observation: the next step's action, command, reward, and who acted", () => {
  const [first, second] = [...framesOf(stored(steps(3, { 2: { isTerminal: true } })), 100)];
  const [, step1, step2] = steps(3, { 2: { isTerminal: true } });
  const values = frameValues(BLIND, first!);
  expect(values["observation.state"]).toEqual([0.1, 0.2, 0.1].map(Math.fround));
  expect(values.action).toEqual([...step1!.action]);
  expect(values["action.command"]).toEqual([...step1!.command]);
  expect(values).toMatchObject({
    "next.reward": 1.1,
    "next.done": false,
    reward: 0.1,
    is_first: true,
    has_action: true,
  });
  expect(values).toMatchObject({ intervened: true, policy_version: 1n, "observation.capture_time": 10n ** 15n });
  const then = frameValues(BLIND, second!);
  expect(then.action).toEqual([...step2!.action]);
  expect(then).toMatchObject({ "next.done": true, is_terminal: false, is_first: false, intervened: false });
});

test("where nothing is known to have been done any more, the frame says so and has the action before it", () => {
  const last = [...framesOf(stored(steps(2)), 100)][1]!;
  const values = frameValues(BLIND, last);
  expect(values).toMatchObject({ has_action: false, "next.reward": 0, "next.done": false, reward: 1.1 });
  expect(values.action).toEqual([...numbered(BLIND, 1).action]);
});

test("episodes end where the stream breaks, where the run's own do, and at the most frames one may have", () => {
  expect(lengths(framesOf(stored(steps(5)), 100))).toEqual([5]);
  expect(lengths(framesOf(stored(steps(5, { 3: { isFirst: true } })), 100))).toEqual([3, 2]);
  expect(lengths(framesOf(stored(steps(5, { 1: { isLast: true }, 3: { isTerminal: true } })), 100))).toEqual([2, 2, 1]);
  expect(lengths(framesOf(stored(steps(7)), 3))).toEqual([3, 3, 1]);
  expect(lengths(framesOf(stored(steps(7).filter((_, i) => i !== 2)), 100))).toEqual([2, 4]);
  expect(lengths(framesOf([...stored(steps(2)), ...stored(steps(4).slice(2), "b")], 100))).toEqual([2, 2]);
  expect(lengths(framesOf([], 100))).toEqual([]);
});

test("an episode cut only for its length goes on: the action of its last frame is known, and the next is not a first", () => {
  const frames = [...framesOf(stored(steps(4)), 2)];
  expect(frames.map(({ next, isFirst, ends }) => [next?.sequence, isFirst, ends])).toEqual([
    [1, true, false],
    [2, false, true],
    [3, false, false],
    [undefined, false, true],
  ]);
});

test("a step that lost its images is left out and told, and breaks the stream", () => {
  const lost: number[] = [];
  const all = stored(steps(5)).map((each, i) => (i === 2 ? { ...each, images: undefined } : each));
  const frames = [...framesOf(all, 100, ({ step }) => lost.push(step.sequence))];
  expect(lost).toEqual([2]);
  expect(frames.map(({ step, isFirst }) => [step.sequence, isFirst])).toEqual([
    [0, true],
    [1, false],
    [3, true],
    [4, false],
  ]);
});
