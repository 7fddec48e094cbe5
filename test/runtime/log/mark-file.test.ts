import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { appendMarks, readMarks } from "../../../runtime/log/mark-file.ts";

const line = (sequence: number) => ({ stream: "a", sequence, mark: "worked", time: "2026-01-02T03:04:05.000Z" });

let directory = "";
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), "reverie-marks-"));
});
afterEach(() => fs.rmSync(directory, { recursive: true }));

test("what was appended is read, behind a torn line too", () => {
  const path = join(directory, "marks.jsonl");
  expect(readMarks(path)).toEqual([]);
  appendMarks(path, []);
  expect(fs.existsSync(path)).toBe(false);
  appendMarks(path, [line(1), line(2)]);
  fs.appendFileSync(path, '{"stream":"a","seq');
  appendMarks(path, [line(3)]);
  expect(readMarks(path)).toEqual([line(1), line(2), line(3)]);
  fs.appendFileSync(path, '{"stream":1,"sequence":4,"mark":"worked"}\nnull\n');
  expect(readMarks(path)).toHaveLength(3);
});

test("a disk that takes nothing is an error", () => {
  expect(() => appendMarks(join(directory, "missing", "marks.jsonl"), [line(1)])).toThrow("ENOENT");
  expect(() => readMarks(directory)).toThrow("EISDIR");
});
