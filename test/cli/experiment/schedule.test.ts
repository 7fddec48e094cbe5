import { expect, test } from "vitest";
import type { PlannedRun } from "../../../runtime/cli/experiment/planned-run.ts";
import { type Outcome, Schedule } from "../../../runtime/cli/experiment/schedule.ts";

const named = (seed: number) => ({ line: "a", seed, directory: `d/${seed}`, steps: 100 }) as unknown as PlannedRun;

/** Processes that end when the test says so, and a disk that knows how far each got. */
class FakeTeaching {
  readonly started: { seed: number; left: number }[] = [];
  readonly outcomes: [seed: number, outcome: Outcome][] = [];
  readonly steps = new Map<number, number>();
  readonly stops = new Map<number, number>();
  readonly #end = new Map<number, (failure?: string) => void>();
  readonly schedule: Schedule;
  mostAtOnce = 0;
  refuse: number | undefined;

  constructor(seeds: number, jobs: number, steps: Record<number, number> = {}) {
    for (const [seed, count] of Object.entries(steps)) this.steps.set(Number(seed), count);
    this.schedule = new Schedule({
      runs: Array.from({ length: seeds }, (_, seed) => named(seed)),
      jobs,
      stepsDone: ({ seed }) => this.steps.get(seed) ?? 0,
      start: ({ seed }, left) => {
        if (seed === this.refuse) throw new Error("no room");
        this.started.push({ seed, left });
        const ended = new Promise<string | undefined>((resolve) => this.#end.set(seed, resolve));
        this.mostAtOnce = Math.max(this.mostAtOnce, this.#end.size);
        return { ended, stop: () => void this.stops.set(seed, (this.stops.get(seed) ?? 0) + 1) };
      },
      onOutcome: ({ seed }, outcome) => this.outcomes.push([seed, outcome]),
    });
  }

  get underway(): number[] {
    return [...this.#end.keys()];
  }

  /** The run of that seed ends with so many steps on disk. */
  async end(seed: number, steps: number, failure?: string): Promise<void> {
    this.steps.set(seed, steps);
    this.#end.get(seed)!(failure);
    this.#end.delete(seed);
    await new Promise(setImmediate);
  }
}

test("so many run at once, in order, and the next starts when one is complete", async () => {
  const fake = new FakeTeaching(4, 2);
  const over = fake.schedule.run();
  expect(fake.underway).toEqual([0, 1]);
  await fake.end(1, 100);
  expect(fake.underway).toEqual([0, 2]);
  await fake.end(0, 100);
  await fake.end(2, 100);
  await fake.end(3, 100);
  expect([...(await over).values()]).toEqual(Array(4).fill({ is: "complete" }));
  expect(fake.mostAtOnce).toBe(2);
});

test("what is complete is not run again, and what is not goes on with the steps that are left", async () => {
  const fake = new FakeTeaching(3, 8, { 0: 100, 1: 30, 2: 101 });
  const over = fake.schedule.run();
  expect(fake.started).toEqual([{ seed: 1, left: 70 }]);
  expect(fake.outcomes.map(([seed]) => seed)).toEqual([0, 2]);
  await fake.end(1, 100);
  expect((await over).size).toBe(3);
});

test("one that fails, or cannot start, is told and keeps nobody", async () => {
  const fake = new FakeTeaching(4, 1);
  fake.refuse = 1;
  const over = fake.schedule.run();
  await fake.end(0, 40, "learner: the disk is full");
  await fake.end(2, 40);
  await fake.end(3, 100);
  await over;
  expect(fake.outcomes).toEqual([
    [0, { is: "failed", failure: "learner: the disk is full" }],
    [1, { is: "failed", failure: "no room" }],
    [2, { is: "failed", failure: "a/seed2: expected 100 steps, found it ended at 40" }],
    [3, { is: "complete" }],
  ]);
});

test("stop ends all that is under way in order, starts nothing more, and is passed on a second time", async () => {
  const fake = new FakeTeaching(4, 2);
  const over = fake.schedule.run();
  fake.schedule.stop();
  fake.schedule.stop();
  expect([...fake.stops]).toEqual([
    [0, 2],
    [1, 2],
  ]);
  await fake.end(0, 40);
  await fake.end(1, 50, "ended at once, as asked");
  await over;
  expect(fake.started).toHaveLength(2);
  expect(fake.outcomes.map(([seed, { is }]) => [seed, is])).toEqual([
    [0, "left"],
    [2, "left"],
    [3, "left"],
    [1, "failed"],
  ]);
});
