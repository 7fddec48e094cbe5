import type { KeptRow } from "./kept.ts";
import type { MadeStep } from "./made.ts";

/** A process that was ended at once, and when, monotonic ns. */
export interface Death {
  readonly victim: "governor" | "supervisor";
  readonly timeNs: bigint;
}

/** Steps that died with the process that had them: not one of them had reached the link. */
export interface Unhanded {
  readonly steps: number;
  /** At one death. */
  readonly most: number;
  /** How long before the death the oldest was made, ms. */
  readonly oldestMs: number;
}

export interface Account {
  /** By governors, and the highest number one gave. */
  readonly made: number;
  readonly highest: number;
  /** On the learner's disk, and in the robot's recording. */
  readonly stored: number;
  readonly recorded: number;
  /** Names the learner knows the robot's steps by. */
  readonly streams: number;
  /** Made, handed over, and not on the learner's disk. */
  readonly lost: number;
  /** Of those, in the robot's recording: the learner could still get them. */
  readonly lostButRecorded: number;
  /** On the learner's disk more than once. */
  readonly duplicated: number;
  /** Numbers missing within a stream, and those of them that a governor gave to a step it has not. */
  readonly gaps: number;
  readonly gapsOfMade: number;
  /** Rows with a lower number or an earlier time than the row before them in their stream. */
  readonly disordered: number;
  /** Rows that are not as they were made, on the learner's disk or in the recording. */
  readonly changed: number;
  /** Rows on a disk that no governor made. */
  readonly unknown: number;
  readonly unhanded: Readonly<Record<Death["victim"], Unhanded>>;
}

/** A governor's last step may lie so long before the death that ended its life; and after it, while it does not know yet. */
const BEFORE_NS = 10_000_000_000n;
const AFTER_NS = 2_000_000_000n;

/**
 * What became of every step, from what governors said they made and what lies on both disks. A step may be missing without
 * being lost where its governor's life ended in a death, its own or the supervisor's, and all its later steps are missing too.
 */
export function accountFor(
  made: readonly MadeStep[],
  recorded: readonly KeptRow[],
  stored: ReadonlyMap<string, readonly KeptRow[]>,
  deaths: readonly Death[],
): Account {
  const onRobot = new Map(recorded.map((row) => [row.timeNs, row]));
  const onLearner = new Map<bigint, KeptRow[]>();
  for (const row of [...stored.values()].flat()) {
    const same = onLearner.get(row.timeNs);
    if (same === undefined) onLearner.set(row.timeNs, [row]);
    else same.push(row);
  }
  const known = new Map(made.map((step) => [step.timeNs, step]));
  const { unhanded, handedOver } = sortOut(made, ({ timeNs }) => onRobot.has(timeNs) || onLearner.has(timeNs), deaths);
  const lost = handedOver.filter(({ timeNs }) => !onLearner.has(timeNs));
  const kept = [...recorded, ...[...onLearner.values()].flat()];
  const gaps = [...stored.values()].flatMap(missingNumbers);
  const lostNumbers = new Set(lost.map(({ sequence }) => sequence));
  return {
    made: made.length,
    highest: made.reduce((highest, { sequence }) => Math.max(highest, sequence), -1),
    stored: [...stored.values()].reduce((sum, rows) => sum + rows.length, 0),
    recorded: recorded.length,
    streams: stored.size,
    lost: lost.length,
    lostButRecorded: lost.filter(({ timeNs }) => onRobot.has(timeNs)).length,
    duplicated: [...onLearner.values()].reduce((sum, rows) => sum + rows.length - 1, 0),
    gaps: gaps.reduce((sum, [from, to]) => sum + to - from, 0),
    gapsOfMade: [...lostNumbers].filter((sequence) => gaps.some(([from, to]) => sequence >= from && sequence < to))
      .length,
    disordered: [...stored.values()].reduce((sum, rows) => sum + disordered(rows), 0),
    changed: kept.filter((row) => known.has(row.timeNs) && !isSame(known.get(row.timeNs)!, row)).length,
    unknown: kept.filter(({ timeNs }) => !known.has(timeNs)).length,
    unhanded,
  };
}

/** Apart: steps that ended with a process, and all others. */
function sortOut(
  made: readonly MadeStep[],
  isKept: (step: MadeStep) => boolean,
  deaths: readonly Death[],
): { readonly unhanded: Account["unhanded"]; readonly handedOver: readonly MadeStep[] } {
  const none: Unhanded = { steps: 0, most: 0, oldestMs: 0 };
  const unhanded = { governor: none, supervisor: none };
  const handedOver: MadeStep[] = [];
  for (const life of livesOf(made)) {
    const kept = life.findLastIndex(isKept) + 1;
    const tail = life.slice(kept);
    const first = tail[0];
    const death = first && endOf(life, deaths);
    if (first === undefined || death === undefined) {
      handedOver.push(...life);
      continue;
    }
    handedOver.push(...life.slice(0, kept));
    const before = unhanded[death.victim];
    unhanded[death.victim] = {
      steps: before.steps + tail.length,
      most: Math.max(before.most, tail.length),
      oldestMs: Math.max(before.oldestMs, Number(death.timeNs - first.timeNs) / 1e6),
    };
  }
  return { unhanded, handedOver };
}

/** The death nearest to a life's last step; undefined where none explains it. */
function endOf(life: readonly MadeStep[], deaths: readonly Death[]): Death | undefined {
  const last = life.at(-1)!.timeNs;
  return deaths
    .filter(({ timeNs }) => timeNs - last < BEFORE_NS && last - timeNs < AFTER_NS)
    .sort((a, b) => Math.abs(Number(a.timeNs - last)) - Math.abs(Number(b.timeNs - last)))[0];
}

/** The steps of each governor, in turn. */
function livesOf(made: readonly MadeStep[]): MadeStep[][] {
  const lives = new Map<number, MadeStep[]>();
  for (const step of made) {
    const life = lives.get(step.pid);
    if (life === undefined) lives.set(step.pid, [step]);
    else life.push(step);
  }
  return [...lives.values()];
}

function missingNumbers(rows: readonly KeptRow[]): [from: number, to: number][] {
  return rows.flatMap(({ sequence }, i): [number, number][] => {
    const expected = i === 0 ? sequence : rows[i - 1]!.sequence + 1;
    return sequence > expected ? [[expected, sequence]] : [];
  });
}

function disordered(rows: readonly KeptRow[]): number {
  return rows.filter(({ sequence, timeNs }, i) => {
    const before = rows[i - 1];
    return before !== undefined && (sequence <= before.sequence || timeNs <= before.timeNs);
  }).length;
}

function isSame(step: MadeStep, row: KeptRow): boolean {
  return step.sequence === row.sequence && step.crc === row.crc;
}
