import type { KeptRow } from "./kept.ts";
import type { MadeStep } from "./made.ts";
import { type Death, type Sorted, sortUnhanded } from "./unhanded.ts";

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
  /** Numbers missing within a stream, and those of them that a governor gave to a step that is lost. */
  readonly gaps: number;
  readonly gapsOfLost: number;
  /** Rows with a lower number or an earlier time than the row before them in their stream. */
  readonly disordered: number;
  /** Rows that are not as they were made, on the learner's disk or in the recording. */
  readonly changed: number;
  /** Rows on a disk that no governor made. */
  readonly unknown: number;
  /** Steps that died with the process that had them alone. */
  readonly unhanded: Sorted["unhanded"];
}

/** What became of every step, from what governors said they made and what lies on both disks. */
export function accountFor(
  made: readonly MadeStep[],
  recorded: readonly KeptRow[],
  stored: ReadonlyMap<string, readonly KeptRow[]>,
  deaths: readonly Death[],
): Account {
  const streams = [...stored.values()];
  const all = streams.flat();
  const onRobot = new Set(recorded.map(nameOf));
  const onLearner = new Set(all.map(nameOf));
  const known = new Map(made.map((step) => [nameOf(step), step]));
  const isKept = (step: MadeStep) => onRobot.has(nameOf(step)) || onLearner.has(nameOf(step));
  const { unhanded, handedOver } = sortUnhanded(made, isKept, deaths);
  const lost = handedOver.filter((step) => !onLearner.has(nameOf(step)));
  const kept = [...recorded, ...all];
  const gaps = streams.flatMap(missingNumbers);
  return {
    made: made.length,
    highest: made.reduce((highest, { sequence }) => Math.max(highest, sequence), -1),
    stored: all.length,
    recorded: recorded.length,
    streams: stored.size,
    lost: lost.length,
    lostButRecorded: lost.filter((step) => onRobot.has(nameOf(step))).length,
    duplicated: all.length - onLearner.size,
    gaps: gaps.reduce((sum, [from, to]) => sum + to - from, 0),
    gapsOfLost: lost.filter(({ sequence }) => gaps.some(([from, to]) => sequence >= from && sequence < to)).length,
    disordered: streams.reduce((sum, rows) => sum + disordered(rows), 0),
    changed: kept.filter((row) => known.has(nameOf(row)) && known.get(nameOf(row))!.crc !== row.crc).length,
    unknown: kept.filter((row) => !known.has(nameOf(row))).length,
    unhanded,
  };
}

/** A number may be given again to another step, and two steps may be of one sample; never both. */
function nameOf({ sequence, timeNs }: Pick<MadeStep, "sequence" | "timeNs">): string {
  return `${sequence} at ${timeNs}`;
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
    return before !== undefined && (sequence <= before.sequence || timeNs < before.timeNs);
  }).length;
}
