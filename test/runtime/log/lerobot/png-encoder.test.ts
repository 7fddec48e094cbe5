import { expect, test } from "vitest";
import { decodePng } from "../../../../drivers/camera/source/png.ts";
import { encodePng } from "../../../../runtime/log/lerobot/png-encoder.ts";
import { draws, fc } from "../../../properties.ts";

test("any picture comes back exactly", () => {
  const size = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(size, size, fc.infiniteStream(fc.integer({ min: 0, max: 255 })), (width, height, values) => {
      const data = Uint8Array.from({ length: 3 * width * height }, () => values.next().value as number);
      expect(decodePng(encodePng(data, width, height))).toEqual({ data, width, height, channels: 3 });
    }),
    { numRuns: draws(30) },
  );
});
