import { expect, test } from "vitest";
import { accountFor } from "../../../runtime/cli/chaos/account.ts";
import type { KeptRow } from "../../../runtime/cli/chaos/kept.ts";
import type { MadeStep } from "../../../runtime/cli/chaos/made.ts";
import type { Death } from "../../../runtime/cli/chaos/unhanded.ts";

const MS = 1_000_000n;

/** Steps of the numbers [from, to), one in 50 ms from `fromMs` on, by one governor of one supervisor. */
function life(pid: number, supervisor: number, from: number, to: number, fromMs: number): MadeStep[] {
  return Array.from({ length: to - from }, (_, i) => ({
    sequence: from + i,
    timeNs: BigInt(fromMs + 50 * i) * MS,
    pid,
    supervisor,
    crc: from + i,
  }));
}

const rows = (steps: readonly MadeStep[]): KeptRow[] =>
  steps.map(({ sequence, timeNs, crc }) => ({ sequence, timeNs, crc }));
const stored = (...steps: MadeStep[]) => new Map([["stream", rows(steps)]]);
const killed = (victim: Death["victim"], pid: number, ms: number): Death => ({ victim, pid, timeNs: BigInt(ms) * MS });
const NONE = { steps: 0, most: 0, oldestMs: 0 };

test("what was made and is on both disks is all in order", () => {
  const made = life(10, 1, 0, 100, 0);
  expect(accountFor(made, rows(made), stored(...made), [])).toEqual({
    made: 100,
    highest: 99,
    stored: 100,
    recorded: 100,
    streams: 1,
    lost: 0,
    lostButRecorded: 0,
    duplicated: 0,
    gaps: 0,
    gapsOfLost: 0,
    disordered: 0,
    changed: 0,
    unknown: 0,
    unhanded: { governor: NONE, supervisor: NONE, "blocked supervisor": NONE },
  });
});

test("a hole, a row twice, one out of order, one changed and one from nobody are each found", () => {
  const made = life(10, 1, 0, 100, 0);
  const hole = made.filter(({ sequence }) => sequence !== 40);
  expect(accountFor(made, rows(made), stored(...hole), [])).toMatchObject({
    lost: 1,
    lostButRecorded: 1,
    gaps: 1,
    gapsOfLost: 1,
  });
  expect(accountFor(hole, rows(hole), stored(...hole), [])).toMatchObject({ lost: 0, gaps: 1, gapsOfLost: 0 });
  const twice = new Map([
    ["one", rows(made)],
    ["another", rows(made.slice(90))],
  ]);
  expect(accountFor(made, [], twice, [])).toMatchObject({ duplicated: 10, disordered: 0, lost: 0 });
  const swapped = [...made.slice(0, 50), made[51]!, made[50]!, ...made.slice(52)];
  expect(accountFor(made, [], stored(...swapped), [])).toMatchObject({ disordered: 1, lost: 0 });
  const changed = made.map((step) => (step.sequence === 3 ? { ...step, crc: 0 } : step));
  expect(accountFor(made, [], stored(...changed), [])).toMatchObject({ changed: 1, lost: 0 });
  expect(accountFor(made.slice(1), [], stored(...made), [])).toMatchObject({ unknown: 1 });
});

test("a step that died with its governor is not lost, and its number goes to another", () => {
  const [first, second] = [life(10, 1, 0, 100, 0), life(11, 1, 99, 150, 6000)];
  const kept = [...first.slice(0, 99), ...second];
  const made = [...first, ...second];
  expect(accountFor(made, rows(kept), stored(...kept), [killed("governor", 10, 4960)])).toMatchObject({
    lost: 0,
    unhanded: { governor: { steps: 1, most: 1, oldestMs: 10 }, supervisor: NONE },
  });
  expect(accountFor(made, rows(kept), stored(...kept), []), "nobody was killed").toMatchObject({ lost: 1 });
});

test("steps that a killed supervisor had alone are told apart from those that went astray behind it", () => {
  const [first, second] = [life(10, 1, 0, 100, 0), life(20, 2, 95, 150, 9000)];
  const kept = [...first.slice(0, 95), ...second];
  const death = killed("supervisor", 1, 5000);
  expect(accountFor([...first, ...second], rows(kept), stored(...kept), [death])).toMatchObject({
    lost: 0,
    unhanded: { governor: NONE, supervisor: { steps: 5, most: 5, oldestMs: 250 } },
  });
  const astray = kept.filter(({ timeNs }) => timeNs !== 90n * 50n * MS);
  expect(accountFor([...first, ...second], rows(astray), stored(...astray), [death])).toMatchObject({ lost: 1 });
});
