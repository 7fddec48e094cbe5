import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ImageSpool } from "../../../runtime/link/image-spool.ts";
import { Spool } from "../../../runtime/link/spool.ts";
import { ImageCodec } from "../../../runtime/log/image-codec.ts";
import type { Write } from "../../../runtime/log/mcap-file.ts";
import { RecordLog } from "../../../runtime/log/record-log.ts";
import { stepTopic } from "../../../runtime/log/step-topic.ts";
import type { StepSchema } from "../../../runtime/step.ts";
import { encodeSteps, stepLayout } from "../../../runtime/wire/step-codec.ts";

const schema: StepSchema = {
  robot: "arm",
  task: "reach",
  observation: [
    { name: "angle", dtype: "float32", shape: [2], units: ["rad", "rad"] },
    { name: "eye", dtype: "uint8", shape: [16, 16, 3], units: ["1"] },
  ],
  action: ["a"],
  joints: ["j"],
  policyRateHz: 20,
  rewardOffset: 0,
  canTerminate: false,
};
const layout = stepLayout(schema);

let directory = "";
/** Bytes the disk has. */
let room = Number.POSITIVE_INFINITY;
let spool: Spool;
let images: ImageSpool;
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), "reverie-spool-"));
  room = Number.POSITIVE_INFINITY;
  open();
});
afterEach(async () => {
  await spool.close();
  fs.rmSync(directory, { recursive: true, force: true });
});

const used = () =>
  fs
    .readdirSync(directory, { recursive: true, encoding: "utf8" })
    .reduce((sum, name) => sum + fs.statSync(join(directory, name)).size, 0);

function open(): void {
  const write: Write = (file, bytes, offset, length, position) => {
    const growth = position + length - fs.fstatSync(file).size;
    if (growth > 0 && used() - 8192 + growth > room) {
      throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    }
    return fs.writeSync(file, bytes, offset, length, position);
  };
  const codec = new ImageCodec(schema);
  const options = { write, segmentBytes: 8000, chunkBytes: 2000 };
  const seen = new RecordLog(join(directory, "images"), { ...options, topics: codec.topics });
  images = new ImageSpool(seen, codec, 1e9, 1e6);
  spool = new Spool(new RecordLog(directory, { ...options, topics: [stepTopic(schema)] }), 1e9, images);
}

const eye = (sequence: number) => new Uint8Array(768).fill(sequence % 256);

function feed(from: number, to: number): void {
  for (let sequence = from; sequence < to; sequence++) {
    const row = encodeSteps(layout, [
      {
        sequence,
        episode: 0,
        index: sequence,
        timeNs: BigInt(sequence),
        observation: { angle: new Float32Array(2) },
        action: new Float32Array(1),
        command: new Float32Array(1),
        reward: 0,
        isFirst: false,
        isLast: false,
        isTerminal: false,
        policyVersion: 0,
        intervened: false,
      },
    ]);
    spool.append(sequence, row, [{ name: "eye", encoding: "raw", data: eye(sequence) }]);
    spool.flush();
  }
}

const rows = (from = 0): number => {
  let count = 0;
  for (let rows = spool.take(from, 64); rows !== undefined; rows = spool.take(from + count, 64)) {
    expect(rows.first).toBe(from + count);
    count += rows.rows.length;
  }
  return count;
};
const seen = (from: number, to: number) => {
  const found: number[] = [];
  for (let sequence = from; sequence < to; sequence++) {
    const [image] = spool.images(sequence) ?? [];
    if (image === undefined) continue;
    expect(Buffer.from(image.data).equals(eye(sequence))).toBe(true);
    found.push(sequence);
  }
  return found;
};
const upTo = (to: number, from = 0) => Array.from({ length: to - from }, (_, i) => from + i);

test("rows and images come back each by itself, in any order, from memory and by the next process", async () => {
  feed(0, 60);
  expect(rows()).toBe(60);
  expect(seen(0, 60)).toEqual(upTo(60));
  expect(seen(40, 60)).toEqual(upTo(60, 40));
  expect(seen(3, 5)).toEqual([3, 4]);
  await spool.close();
  open();
  expect(rows()).toBe(60);
  expect(seen(0, 70)).toEqual(upTo(60));
});

test("a full disk gives up images of acked steps first, then others, the oldest first, and never a row", () => {
  feed(0, 40);
  room = used();
  spool.forget(20);
  feed(40, 48);
  const { acked, unacked } = images.givenUp;
  expect(acked).toBeGreaterThan(0);
  expect(unacked).toBe(0);
  expect(seen(0, 48)).toEqual(upTo(48, acked));
  feed(48, 100);
  expect(images.givenUp.unacked).toBeGreaterThan(0);
  const gone = images.givenUp.acked + images.givenUp.unacked;
  expect(seen(0, 100)).toEqual(upTo(100, gone));
  expect(images.givenUp.acked).toBe(20);
  expect(rows()).toBe(100);
  expect(spool.flush()).toBeUndefined();
});

test("where rows alone fill the disk, those the learner has make room, the others wait", () => {
  room = 16_000;
  feed(0, 300);
  expect(spool.flush()).toMatchObject({ code: "ENOSPC" });
  expect(rows()).toBe(300);
  expect(seen(0, 300).length).toBeLessThan(20);
  spool.forget(290);
  expect(spool.flush()).toBeUndefined();
  feed(300, 310);
  expect(rows(290)).toBe(20);
  expect(spool.flush()).toBeUndefined();
});
