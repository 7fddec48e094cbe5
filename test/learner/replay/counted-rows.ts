import type { Ring } from "../../../learner/replay/ring.ts";
import { ReplayStore } from "../../../learner/replay/store.ts";

export const SIZES = { observation: 2, action: 1 };

/** Rows that carry [stream, counter], so that a batch shows where each of its steps came from. */
export function fill(arrivals: readonly number[], capacity: number, firstEvery = 1000): Ring[] {
  const rings: Ring[] = [];
  const store = new ReplayStore(SIZES, capacity, (ring) => rings.push(ring));
  const next = new Map<number, number>();
  for (const stream of arrivals) {
    const counter = next.get(stream) ?? 0;
    next.set(stream, counter + 1);
    store.append(`robot-${stream}`, countedRow(stream, counter, firstEvery));
  }
  return rings;
}

/** Every seventh is terminal, every `firstEvery`-th the first. */
export function countedRow(stream: number, counter: number, firstEvery = 1000) {
  return {
    observation: Float32Array.of(stream, counter),
    action: Float32Array.of(counter - 1),
    reward: counter / 2,
    isFirst: counter % firstEvery === 0,
    isTerminal: counter % 7 === 3,
  };
}

/** Which rows of streams 0 to 2 a memory keeps: all, but while there are more, the longest stream drops its oldest. */
export function keptRows(arrivals: readonly number[], capacity: number): { from: number; to: number }[] {
  const kept = [0, 1, 2].map(() => ({ from: 0, to: 0 }));
  const order = [...new Set(arrivals)];
  for (const stream of arrivals) {
    kept[stream]!.to++;
    if (kept.reduce((sum, { from, to }) => sum + to - from, 0) <= capacity) continue;
    const sizes = order.map((each) => kept[each]!.to - kept[each]!.from);
    kept[order[sizes.indexOf(Math.max(...sizes))]!]!.from++;
  }
  return kept;
}
