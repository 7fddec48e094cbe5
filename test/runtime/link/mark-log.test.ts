import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { MarkLog } from "../../../runtime/link/mark-log.ts";
import { readMarks } from "../../../runtime/log/mark-file.ts";

let directory = "";
let path = "";
let notes: string[] = [];
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), "reverie-marks-"));
  path = join(directory, "marks.jsonl");
  notes = [];
});
afterEach(() => fs.rmSync(directory, { recursive: true, force: true }));

const open = (from: number, next: number, stream = "a") =>
  new MarkLog({ path, stream, from, next, report: (line) => notes.push(line) });
const worked = { mark: "worked", timeMs: 1000 } as const;
const failed = { mark: "failed", timeMs: 2000 } as const;

test("marks go with their steps until those are acked, and stay on disk", () => {
  const log = open(0, 0);
  log.add("a", 3, [worked, failed, worked]);
  log.add("a", 7, [worked]);
  expect(log.take(0, 3)).toEqual([]);
  expect(log.take(3, 4)).toEqual([
    [3, "worked", 1000],
    [3, "failed", 2000],
  ]);
  log.forget(4);
  expect(log.take(0, 100)).toEqual([[7, "worked", 1000]]);
  expect(readMarks(path).map(({ sequence, mark }) => [sequence, mark])).toEqual([
    [3, "worked"],
    [3, "failed"],
    [7, "worked"],
  ]);
});

test("the next process sends what is not acked, and a mark whose step it had not yet is written once", () => {
  const first = open(0, 0);
  for (const sequence of [2, 5, 9]) first.add("a", sequence, [worked]);
  const second = open(4, 9);
  expect(second.take(0, 100)).toEqual([[5, "worked", 1000]]);
  second.add("a", 9, [worked, failed]);
  expect(second.take(9, 1)).toHaveLength(2);
  expect(readMarks(path).map(({ sequence }) => sequence)).toEqual([2, 5, 9, 9]);
});

test("marks of another stream, which counts anew, are not taken for its own", () => {
  open(0, 0).add("a", 2, [worked]);
  const log = open(0, 0, "b");
  expect(log.take(0, 10)).toEqual([]);
  log.add("b", 2, [worked]);
  expect(readMarks(path)).toHaveLength(2);
});

test("a disk that takes nothing is told, and the learner still hears of it", () => {
  const log = open(0, 0);
  fs.rmSync(directory, { recursive: true });
  log.add("a", 1, [worked]);
  expect(notes).toEqual([expect.stringMatching(/^link: marks are not on disk: ENOENT/)]);
  expect(log.take(1, 1)).toEqual([[1, "worked", 1000]]);
});
