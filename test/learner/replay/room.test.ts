import { expect, test } from "vitest";
import type { Ring } from "../../../learner/replay/ring.ts";
import { blocksFor, roomFor, roomLine, rowBytes, rowsOfBlock } from "../../../learner/replay/room.ts";
import type { RowSizes } from "../../../learner/replay/row.ts";
import { ReplayStore } from "../../../learner/replay/store.ts";
import { draws, fc } from "../../properties.ts";

const CAMERA = { name: "camera", shape: [64, 64, 3] };
const A1: RowSizes = { observation: 18, action: 12 };

/** What the shared memory of a full store takes, tables aside. */
function bytesOf({ observations, actions, rewards, flags, pixels, contexts }: Ring): number {
  const kept = contexts === undefined ? [] : [contexts.deter, contexts.stoch, contexts.stamps];
  return [observations, actions, rewards, flags, ...pixels, ...kept].reduce(
    (sum, { byteLength }) => sum + byteLength,
    0,
  );
}

test("the smaller of steps and bytes acts", () => {
  const limits = { capacity: 1_000_000, bytes: 4e9, length: 24 };
  expect(roomFor(A1, limits)).toEqual({ rows: 1_000_000, rowBytes: 125, limit: "steps" });
  const images = roomFor({ ...A1, images: [CAMERA] }, limits);
  expect(images).toMatchObject({ rowBytes: 125 + 64 * 64 * 3, limit: "bytes" });
  expect(images.rows).toBeGreaterThan(100_000);
  expect(roomLine(images)).toBe(
    `replay: room for ${images.rows} steps of 12413 bytes, ${Math.round((images.rows * 12413) / 1e6)} MB, as its bytes allow`,
  );
});

test("no array of a memory is larger than V8 lets it be, whatever the bytes", () => {
  const sizes = { ...A1, images: [CAMERA] };
  const { rows, limit } = roomFor(sizes, { capacity: 1e9, bytes: 1e12, length: 24 });
  expect(limit).toBe("bytes");
  const slots = blocksFor(rows, rowsOfBlock(sizes)) * rowsOfBlock(sizes);
  expect(slots * 64 * 64 * 3).toBeLessThanOrEqual(2 ** 32);
  new ReplayStore(sizes, rows); // reserves, takes nothing
});

test("where not one sequence fits, the setting is named with what it would have to be", () => {
  const sizes = { ...A1, images: [{ name: "camera", shape: [480, 640, 3] }] };
  const ask = (bytes: number) => roomFor(sizes, { capacity: 1e6, bytes, length: 24 });
  const words =
    /^replay\.bytes: expected room for a sequence of 24 steps \(921725 bytes each, (\d+) bytes in whole blocks\), found 1000000$/;
  const needed = Number(words.exec(messageOf(() => ask(1_000_000)))?.[1]);
  expect(ask(needed).rows).toBeGreaterThanOrEqual(24);
  expect(() => ask(needed - 1)).toThrow("replay.bytes");
  expect(() => roomFor(sizes, { capacity: 8, bytes: 4e9, length: 24 })).toThrow("replay.capacity: expected room");
});

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

test("a full memory keeps all it has room for in the bytes it was given, and one that is not full takes little", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1000, max: 60_000 }), // numbers of an observation: some rows a block
      fc.integer({ min: 17_000_000, max: 25_000_000 }),
      (observation, bytes) => {
        const sizes = { observation, action: 1, context: { deter: 8, groups: 4 } };
        const { rows } = roomFor(sizes, { capacity: 1e6, bytes, length: 2 });
        let ring: Ring | undefined;
        const store = new ReplayStore(sizes, rows, (made) => {
          ring = made;
        });
        const row = { observation: new Float32Array(observation), action: new Float32Array(1), reward: 0 };
        for (let i = 0; i < rows + 5; i++) {
          store.append("a", { ...row, isFirst: false, isTerminal: false });
          if (i === 0) expect(bytesOf(ring!)).toBe(rowsOfBlock(sizes) * rowBytes(sizes));
        }
        expect(bytesOf(ring!)).toBeLessThanOrEqual(bytes);
        expect(Array.from(ring!.counters.subarray(0, 3))).toEqual([rows + 5, rows + 5, 5]);
      },
    ),
    { numRuns: draws(4) },
  );
});
