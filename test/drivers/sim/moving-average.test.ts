import { expect, test } from "vitest";
import { MovingAverage } from "../../../drivers/sim/moving-average.ts";
import { fc } from "../../properties.ts";

const number = fc.double({ min: -9, max: 9, noNaN: true });
const vectors = fc.array(fc.tuple(number, number), { maxLength: 12 });

test("the mean is that of the last vectors, zeros before the first", () => {
  fc.assert(
    fc.property(vectors, fc.integer({ min: 1, max: 5 }), (pushed, size) => {
      const average = new MovingAverage(size, 2);
      for (const each of pushed) average.push(Float64Array.of(Number.NaN, ...each), 1);
      const mean = new Float64Array(2);
      average.mean(mean);
      const last = pushed.slice(-size);
      for (const i of [0, 1] as const) {
        expect(mean[i]).toBeCloseTo(last.reduce((sum, vector) => sum + vector[i], 0) / size, 9);
      }
    }),
  );
});

test("a restored one goes on with the same bits", () => {
  fc.assert(
    fc.property(vectors, vectors, (before, after) => {
      const [one, other] = [new MovingAverage(5, 2), new MovingAverage(5, 2)];
      for (const each of before) one.push(Float64Array.from(each), 0);
      other.restore(one.state());
      const [a, b] = [new Float64Array(2), new Float64Array(2)];
      for (const each of after) {
        for (const average of [one, other]) average.push(Float64Array.from(each), 0);
      }
      one.mean(a);
      other.mean(b);
      expect(b).toEqual(a);
    }),
  );
});
