import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Ring, slotOf } from "../../../learner/replay/ring.ts";
import { Experience } from "../../../learner/train/experience.ts";
import type { StepSchema } from "../../../runtime/step.ts";
import { counterRows, SCHEMA } from "./fake-robot.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "reverie-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

function open({ capacity = 1000, write = writeSync as never, schema = SCHEMA } = {}) {
  const rings: Ring[] = [];
  const acks: [string, number][] = [];
  const lines: string[] = [];
  const experience = new Experience({
    images: true,
    directory,
    schema,
    capacity,
    onRing: (ring) => rings.push(ring),
    onStep: () => {},
    onDurable: (stream, next) => acks.push([stream, next]),
    report: (line) => lines.push(line),
    write,
  });
  return { experience, rings, acks, lines };
}

/** [counter, isFirst] of every row that replay holds. */
function remembered(ring: Ring): [number, boolean][] {
  return Array.from({ length: ring.counters[0]! }, (_, row) => {
    const slot = slotOf(ring, row);
    return [ring.observations[3 * slot]!, ring.flags[slot] === 1];
  });
}

test("nothing is called durable before it is on the disk; a full disk keeps it waiting, room lets it go on", async () => {
  let full = false;
  const write = ((file: number, bytes: Uint8Array, offset: number, length: number, position: number) => {
    if (full) throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    return writeSync(file, bytes, offset, length, position);
  }) as never;
  const { experience, acks } = open({ write });
  expect(experience.take("a", 0, counterRows(0, 5))).toBe("taken");
  expect(acks).toEqual([]);
  await experience.sync();
  expect(acks).toEqual([["a", 5]]);
  full = true;
  experience.take("a", 5, counterRows(5, 5));
  expect((await experience.sync())?.message).toMatch(/ENOSPC/);
  expect(experience.diskError?.message).toMatch(/ENOSPC/);
  expect(experience.durable("a")).toBe(5);
  expect(acks).toEqual([["a", 5]]);
  full = false;
  await experience.sync();
  expect(experience.diskError).toBeUndefined();
  expect(acks.at(-1)).toEqual(["a", 10]);
  await experience.close();
  expect(open().experience.durable("a")).toBe(10);
});

test("rows whose numbers do not follow each other are refused by what was found, and none of them is kept", async () => {
  const { experience } = open();
  const swapped = Buffer.concat([counterRows(0, 1), counterRows(2, 1), counterRows(1, 1)]);
  expect(experience.take("a", 0, swapped)).toEqual({ refuse: "rows from 0: expected step 1, found 2" });
  expect(experience.take("a", 5, counterRows(5, 2))).toBe("gap");
  expect(experience.next("a")).toBe(0);
  expect(experience.take("a", 0, counterRows(0, 3))).toBe("taken");
  await experience.close();
});

test("a robot can be told which step a number was given to, also one of a process before", async () => {
  const { experience } = open();
  expect(experience.last("a", 10)).toBeUndefined();
  experience.take("a", 0, counterRows(0, 20));
  expect(experience.last("a", 10)).toEqual([9, 9]);
  expect(experience.last("a", 100)).toEqual([19, 19]);
  experience.skipTo("a", 50);
  expect(experience.last("a", 50)).toBeUndefined();
  await experience.close();
  expect(open().experience.last("a", 7)).toEqual([6, 6]);
});

test("opened again, replay holds what it held, of each stream, and knows what was not counted", async () => {
  const first = open();
  for (let at = 0; at < 30; at += 3) first.experience.take("a", at, counterRows(at, 3));
  first.experience.take("b", 0, counterRows(0, 7));
  await first.experience.close();
  const { experience, rings, lines } = open();
  expect(await experience.restore({ a: 28 })).toBe(2 + 7);
  expect(rings.map(remembered)).toEqual(first.rings.map(remembered));
  expect(experience.streams()).toEqual({ a: 30, b: 7 });
  expect(lines).toEqual([]);
  await experience.close();
});

test("only what replay has room for is read back, and rows nobody counted", async () => {
  const first = open();
  first.experience.take("a", 0, counterRows(0, 100));
  await first.experience.close();
  const { experience, rings } = open({ capacity: 10 });
  expect(await experience.restore({ a: 95 })).toBe(5);
  expect(remembered(rings[0]!).map(([counter]) => counter)).toEqual([90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
  await experience.close();
});

test("a damaged chunk is skipped and told, and the row behind it starts anew", async () => {
  const first = open();
  for (let at = 0; at < 20; at += 4) {
    first.experience.take("a", at, counterRows(at, 4));
    await first.experience.sync();
  }
  await first.experience.close();
  const path = join(directory, "a", readdirSync(join(directory, "a"))[0]!);
  const bytes = readFileSync(path);
  bytes[bytes.indexOf(counterRows(9, 1)) + 50]! ^= 0xff;
  writeFileSync(path, bytes);
  const { experience, rings, lines } = open();
  await experience.restore({});
  const rows = remembered(rings[0]!);
  expect(rows.map(([counter]) => counter)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15, 16, 17, 18, 19]);
  expect(rows.filter(([, isFirst]) => isFirst).map(([counter]) => counter)).toEqual([0, 12]);
  expect(lines.some((line) => line.includes("skipped damage"))).toBe(true);
  await experience.close();
});

const SEEING: StepSchema = {
  ...SCHEMA,
  observation: [...SCHEMA.observation, { name: "eye", dtype: "uint8", shape: [2, 2, 3], units: ["1"] }],
};
const image = (sequence: number) => new Uint8Array(12).fill(sequence);
/** Of steps [first, first + count), all with their images but `gone`. */
const said = (first: number, count: number, gone: readonly number[] = []) => {
  const seen = Array.from({ length: count }, (_, i) => first + i).filter((sequence) => !gone.includes(sequence));
  return {
    images: seen.map((sequence) => [sequence, "eye", "raw"]),
    imagesGone: gone.map((sequence) => [sequence, 1]),
    frames: seen.map(image),
  };
};

test("images are durable with their rows; a step that has none is counted, but a hole in replay, before and after a start", async () => {
  const first = open({ schema: SEEING });
  expect(first.experience.take("a", 0, counterRows(0, 5), said(0, 5, [2, 3]))).toBe("taken");
  await first.experience.sync();
  expect(first.acks).toEqual([["a", 5]]);
  const expected = [
    [0, true],
    [1, false],
    [4, true],
  ];
  expect(remembered(first.rings[0]!)).toEqual(expected);
  await first.experience.close();
  const { experience, rings } = open({ schema: SEEING });
  expect(await experience.restore({})).toBe(5);
  expect(remembered(rings[0]!)).toEqual(expected);
  expect(experience.next("a")).toBe(5);
  await experience.close();
});

test("rows without the images they should have are refused, and nothing of them is kept", async () => {
  const { experience } = open({ schema: SEEING });
  expect(experience.take("a", 0, counterRows(0, 3), said(0, 2))).toEqual({
    refuse: "rows from 0: step 2: expected an image eye, found none",
  });
  expect(experience.next("a")).toBe(0);
  await experience.close();
});

test("rows a power loss left without their images are asked for again, and taken once", async () => {
  const first = open({ schema: SEEING });
  first.experience.take("a", 0, counterRows(0, 4), said(0, 4));
  await first.experience.sync();
  await first.experience.close();
  const images = join(directory, "a", "images");
  const kept = readFileSync(join(images, readdirSync(images)[0]!));
  const second = open({ schema: SEEING });
  second.experience.take("a", 4, counterRows(4, 4), said(4, 4));
  await second.experience.close();
  for (const name of readdirSync(images)) rmSync(join(images, name));
  writeFileSync(join(images, "0000000000000000.mcap"), kept);
  const { experience, rings } = open({ schema: SEEING });
  await experience.restore({});
  expect(experience.durable("a")).toBe(4);
  expect(experience.take("a", 4, counterRows(4, 6), said(4, 6))).toBe("taken");
  expect(remembered(rings[0]!).map(([counter]) => counter)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await experience.close();
  const again = open({ schema: SEEING });
  await again.experience.restore({});
  expect(remembered(again.rings[0]!).length).toBe(10);
  await again.experience.close();
});
