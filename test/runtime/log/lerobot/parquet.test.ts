import { parquetReadObjects } from "hyparquet";
import { expect, test } from "vitest";
import { encodeParquet } from "../../../../runtime/log/lerobot/parquet.ts";

test("what is written comes back to the bit: −0, the smallest and the largest, nested lists, bytes", async () => {
  const floats = [
    [-0, 0],
    [2 ** -149, 3.4028234663852886e38],
    [-0, -0],
  ];
  const columns = [
    { name: "observation.state", kind: "float32", depth: 1, data: floats },
    { name: "reward", kind: "float64", depth: 0, data: [0.1, -0, 5e-324] },
    { name: "index", kind: "int64", depth: 0, data: [0n, -1n, 2n ** 62n] },
    { name: "done", kind: "bool", depth: 0, data: [true, false, true] },
    {
      name: "stats/eye/min",
      kind: "float64",
      depth: 3,
      data: [
        [[[1]], [[2]]],
        [[[3]], [[4]]],
        [[[5]], [[6]]],
      ],
    },
    { name: "text", kind: "string", depth: 1, data: [["a"], ["ä", "b"], ["c"]] },
    {
      name: "eye",
      kind: "image",
      depth: 0,
      data: [0, 1, 255].map((byte) => ({ bytes: Uint8Array.of(byte), path: "p" })),
    },
  ] as const;
  const file = encodeParquet(columns).slice().buffer;
  const rows = await parquetReadObjects({ file, utf8: false });
  for (const { name, data } of columns) expect(rows.map((row) => row[name])).toEqual(data);
  expect(Object.is(rows[0]!["observation.state"][0], -0)).toBe(true);
  expect(Object.is(rows[1]!.reward, -0)).toBe(true);
});
