import { encode } from "@msgpack/msgpack";
import { expect, test } from "vitest";
import { decodeMessage, encodeMessage } from "../../../runtime/wire/messages.ts";

test("a message is its header in MessagePack, then its payloads", () => {
  const frames = encodeMessage({ type: "ack", next: 258 }, Uint8Array.of(1), new Uint8Array(0));
  expect(frames.map((frame) => Buffer.from(frame).toString("hex"))).toEqual([
    "82a474797065a361636ba46e657874cd0102",
    "01",
    "",
  ]);
  expect(decodeMessage(frames)).toEqual({
    message: { type: "ack", next: 258 },
    payloads: [Uint8Array.of(1), new Uint8Array(0)],
  });
});

test.each([
  ["nothing", [], "expected a header frame, found none"],
  ["a number", [encode(7)], "found 7"],
  ["an unknown type", [encode({ type: "reboot" })], 'found {"type":"reboot"}'],
  ["bytes that are no MessagePack", [Uint8Array.of(0xc1)], "found a byte 193"],
])("%s is no message", (_, frames, message) => {
  expect(() => decodeMessage(frames)).toThrow(message);
});
