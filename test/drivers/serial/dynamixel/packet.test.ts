import { expect, test } from "vitest";
import { crc16 } from "../../../../drivers/serial/dynamixel/crc16.ts";
import { encodePacket, INSTRUCTIONS, takePacket } from "../../../../drivers/serial/dynamixel/packet.ts";
import { stuff, unstuff } from "../../../../drivers/serial/dynamixel/stuffing.ts";
import { fc } from "../../../properties.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Rich in what looks like a header. */
const headery = fc.array(
  fc.oneof({ weight: 3, arbitrary: fc.constant(0xff) }, { weight: 2, arbitrary: fc.constant(0xfd) }, fc.nat(255)),
  { maxLength: 40 },
);
const anyPacket = fc.record({
  id: fc.oneof(fc.integer({ min: 0, max: 252 }), fc.constant(254)),
  code: fc.oneof(fc.constant(0x55), fc.nat(255)),
  params: headery.map((bytes) => Uint8Array.from(bytes)),
});

test("the CRC is the published check value of CRC-16/UMTS", () => {
  expect(crc16(Buffer.from("123456789"))).toBe(0xfee8);
});

test.each([
  ["ping of servo 1", 1, INSTRUCTIONS.ping, [], "fffffd00010300 01 194e"],
  ["write of 512 at 116", 1, INSTRUCTIONS.write, [116, 0, 0, 2, 0, 0], "fffffd00010900 03 740000020000 ca89"],
  [
    "sync read of four bytes at 132",
    254,
    INSTRUCTIONS.syncRead,
    [132, 0, 4, 0, 1, 2],
    "fffffd00fe0900 82 840004000102 cefa",
  ],
  [
    "fast sync read of three servos",
    254,
    INSTRUCTIONS.fastSyncRead,
    [132, 0, 4, 0, 3, 7, 4],
    "fffffd00fe0a00 8a 84000400030704 20f2",
  ],
] as const)("a %s is the manual's, byte for byte", (_, id, code, params, expected) => {
  expect(hex(encodePacket({ id, code, params: Uint8Array.from(params) }))).toBe(expected.replaceAll(" ", ""));
});

test("stuffing leaves no header inside, counts in the length, and comes off again", () => {
  const params = Uint8Array.of(0xff, 0xff, 0xfd, 0x00, 0xff, 0xff, 0xfd, 0xfd);
  const bytes = encodePacket({ id: 1, code: INSTRUCTIONS.write, params });
  expect(hex(bytes.subarray(5, 7))).toBe("0d00"); // 8 params + 3 + 2 stuffed
  expect(hex(bytes.subarray(8, -2))).toBe("fffffdfd00fffffdfdfd");
  fc.assert(
    fc.property(headery, (plain) => {
      const stuffed = stuff(Uint8Array.from(plain));
      expect(hex(stuffed)).not.toContain("fffffd00");
      expect([...unstuff(stuffed)]).toEqual(plain);
    }),
  );
});

test("any packet comes back whole, and only once its last byte is there", () => {
  fc.assert(
    fc.property(anyPacket, (packet) => {
      const bytes = encodePacket(packet);
      expect(takePacket(bytes.subarray(0, -1)).packet).toBeUndefined();
      expect(takePacket(bytes)).toEqual({ packet, used: bytes.length, corrupt: 0 });
    }),
  );
});

test("a packet inside a half-arrived packet is not believed", () => {
  fc.assert(
    fc.property(anyPacket, anyPacket, (outer, inner) => {
      const bytes = encodePacket({ ...outer, params: encodePacket(inner) });
      expect(takePacket(bytes.subarray(0, -1)).packet).toBeUndefined();
      expect(takePacket(bytes).packet?.params).toEqual(encodePacket(inner));
    }),
  );
});

test("one changed byte is never believed", () => {
  fc.assert(
    fc.property(anyPacket, fc.nat(), fc.integer({ min: 1, max: 255 }), (packet, where, change) => {
      const bytes = encodePacket(packet);
      const at = where % bytes.length;
      bytes[at] = bytes[at]! ^ change;
      expect(takePacket(bytes).packet).toBeUndefined();
    }),
  );
});

test("a broken length does not swallow the replies after it when the length is known", () => {
  const first = encodePacket({ id: 1, code: 0x55, params: Uint8Array.of(0, 1, 2) });
  first[5] = 250;
  const second = encodePacket({ id: 2, code: 0x55, params: Uint8Array.of(0, 3, 4) });
  const bytes = Uint8Array.of(...first, ...second);
  expect(takePacket(bytes).packet).toBeUndefined();
  expect(takePacket(bytes, { sizeOf: () => 2 }).packet?.id).toBe(2);
});

test("a stuffed reply of the expected size is believed", () => {
  const data = Uint8Array.of(0xff, 0xff, 0xfd, 0xff, 0xff, 0xfd);
  const bytes = encodePacket({ id: 1, code: 0x55, params: Uint8Array.of(0, ...data) });
  expect(takePacket(bytes, { sizeOf: () => data.length }).packet?.params.slice(1)).toEqual(data);
});

test("an id that does not fit is refused", () => {
  expect(() => encodePacket({ id: 253, code: 1, params: new Uint8Array() })).toThrow(
    /expected 0 to 252 or 254, found 253/,
  );
});
