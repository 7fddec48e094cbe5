import { expect, test } from "vitest";
import { encodePacket, INSTRUCTIONS, MOST_PARAMS, takePacket } from "../../../../drivers/serial/feetech/packet.ts";
import { fc } from "../../../properties.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));

const anyByte = fc.oneof({ weight: 3, arbitrary: fc.constant(0xff) }, fc.integer({ min: 0, max: 255 }));
const anyPacket = fc.record({
  id: fc.integer({ min: 0, max: 254 }),
  code: anyByte,
  params: fc.uint8Array({ maxLength: 40 }),
});

test.each([
  ["ping of servo 1", { id: 1, code: INSTRUCTIONS.ping, params: [] }, "ffff010201fb"],
  ["read of two bytes at 56 of servo 1", { id: 1, code: INSTRUCTIONS.read, params: [56, 2] }, "ffff0104023802be"],
  [
    "write of goal 2048, time 0, speed 1000 to servo 1",
    { id: 1, code: INSTRUCTIONS.write, params: [42, 0, 8, 0, 0, 0xe8, 3] },
    "ffff0109032a00080000e803d5",
  ],
  [
    "sync read of eight bytes at 56 of servos 1 and 2",
    { id: 254, code: INSTRUCTIONS.syncRead, params: [56, 8, 1, 2] },
    "fffffe06823808010236",
  ],
])("a %s is the manual's, byte for byte", (_, { id, code, params }, expected) => {
  expect(hex(encodePacket({ id, code, params: Uint8Array.from(params) }))).toBe(expected);
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

test("after noise the next packet is found", () => {
  const expected = { sizeOf: (id: number) => (id === 3 ? 2 : undefined) };
  const reply = encodePacket({ id: 3, code: 0, params: Uint8Array.of(0x34, 0x12) });
  fc.assert(
    fc.property(fc.array(anyByte, { maxLength: 30 }), (noise) => {
      const { packet } = takePacket(Uint8Array.of(...noise, ...reply), expected);
      // Noise that ends in a header of the same servo and length takes the reply's first bytes for its own.
      fc.pre(!hex(Uint8Array.from(noise)).includes("ffff"));
      expect(packet?.params).toEqual(Uint8Array.of(0x34, 0x12));
    }),
  );
});

test("a broken length does not swallow the replies after it when the length is known", () => {
  const first = encodePacket({ id: 1, code: 0, params: Uint8Array.of(1, 2) });
  first[3] = 200;
  const second = encodePacket({ id: 2, code: 0, params: Uint8Array.of(3, 4) });
  const bytes = Uint8Array.of(...first, ...second);
  expect(takePacket(bytes).packet).toBeUndefined();
  expect(takePacket(bytes, { sizeOf: () => 2 }).packet?.id).toBe(2);
});

test("one changed byte is never believed, and counted when the header survived", () => {
  fc.assert(
    fc.property(anyPacket, fc.nat(), fc.integer({ min: 1, max: 255 }), (packet, where, change) => {
      const bytes = encodePacket(packet);
      const at = where % bytes.length;
      bytes[at] = bytes[at]! ^ change;
      const found = takePacket(bytes, { sizeOf: () => packet.params.length }).packet;
      // A shorter packet that happens to lie inside is another one, not this one changed.
      if (found?.params.length === packet.params.length) expect(found).toEqual(packet);
    }),
  );
  const broken = bytesOf("ff ff 01 04 00 38 02 be");
  expect(takePacket(broken).corrupt).toBe(1);
});

test("ids and lengths that do not fit are refused", () => {
  expect(() => encodePacket({ id: 255, code: 1, params: new Uint8Array() })).toThrow(/expected 0 to 254, found 255/);
  expect(() => encodePacket({ id: 1, code: 1, params: new Uint8Array(MOST_PARAMS + 1) })).toThrow(/at most 252/);
});
