import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { encode } from "../../../drivers/ros2/messages/codec.ts";
import type { JointState } from "../../../drivers/ros2/messages/types.ts";
import { encodeCbor } from "../../../drivers/ros2/mock/cbor.ts";
import { decodeCbor } from "../../../drivers/ros2/rosbridge/cbor.ts";
import { fc } from "../../properties.ts";

const { log } = JSON.parse(readFileSync(resolve(import.meta.dirname, "../../golden/rosbridge.json"), "utf8")) as {
  log: { dir: string; bin?: boolean; data: string }[];
};
const frames = log.filter(({ bin }) => bin === true).map(({ data }) => Buffer.from(data, "hex"));

describe("frames of a real server", () => {
  test("cbor: objects with typed arrays", () => {
    expect(decodeCbor(frames[0]!)).toEqual({
      op: "publish",
      topic: "/g_js",
      msg: {
        header: { stamp: { sec: 12, nanosec: 345 }, frame_id: "base" },
        name: ["a", "bb"],
        position: Float64Array.of(0.5, -1.25),
        velocity: Float64Array.of(1, 2),
        effort: new Float64Array(0),
      },
    });
  });

  test("cbor and cbor-raw carry the same message: written as CDR the one is the other", () => {
    const { msg } = decodeCbor(frames[0]!) as { msg: JointState };
    const raw = decodeCbor(frames[2]!) as { msg: { bytes: Uint8Array } };
    const written = encode("sensor_msgs/msg/JointState", msg);
    expect(Buffer.from(written).toString("hex")).toBe(
      Buffer.from(raw.msg.bytes)
        .toString("hex")
        .slice(0, 2 * written.length),
    );
  });

  test("cut off anywhere it throws and never gives a part", () => {
    for (const frame of frames) {
      for (let length = 0; length < frame.length; length++) {
        expect(() => decodeCbor(frame.subarray(0, length))).toThrow("CBOR: expected");
      }
    }
  });
});

const anyValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.bigInt(2n ** 53n, 2n ** 64n - 1n),
    fc.double({ noInteger: true }),
    fc.uint8Array(),
    fc.float64Array(),
    fc.float32Array(),
    fc.int16Array(),
    fc.uint32Array(),
    fc.array(tie("value")),
    fc.dictionary(fc.string(), tie("value")),
  ),
})).value;

test("any value comes back whole", () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      expect(plain(decodeCbor(encodeCbor(value)))).toEqual(plain(value));
    }),
  );
});

/** Without prototypes, and with views and buffers alike. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (ArrayBuffer.isView(value) || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.entries(value).map(([key, part]) => [key, plain(part)]);
}

test.each([
  ["9f", "expected a definite length, found 31 at byte 0"],
  ["d84201", "expected a little-endian typed array, found tag 66"],
  ["d85643000000", "expected whole numbers of 8 bytes, found 3"],
  ["f8ff", "expected a number, true, false or null, found simple value 24"],
  ["a10102", "expected text as a key, found number"],
  ["0101", "expected one item, found 1 bytes more"],
  ["9b7fffffffffffffff", "CBOR: expected"],
  ["5affffffff00", "CBOR: expected 4294967295 more at byte 5, found 1"],
  [`${"81".repeat(40)}00`, "expected at most 32 levels"],
])("%s is refused", (hex, reason) => {
  expect(() => decodeCbor(Buffer.from(hex, "hex"))).toThrow(reason);
});

test("numbers of every width", () => {
  expect(decodeCbor(Buffer.from("f93c00", "hex"))).toBe(1);
  expect(decodeCbor(Buffer.from("f9fc00", "hex"))).toBe(Number.NEGATIVE_INFINITY);
  expect(decodeCbor(Buffer.from("f90001", "hex"))).toBe(2 ** -24);
  expect(decodeCbor(Buffer.from("fa3fc00000", "hex"))).toBe(1.5);
  expect(decodeCbor(Buffer.from("3bffffffffffffffff", "hex"))).toBe(-(2n ** 64n));
});
