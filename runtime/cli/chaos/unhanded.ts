import type { MadeStep } from "./made.ts";

/** "blocked supervisor": one whose link was being started again, or whose disk was full, so that only it had the steps. */
export const HOLDERS = ["governor", "supervisor", "blocked supervisor"] as const;
export type Holder = (typeof HOLDERS)[number];

/** A process that was ended at once, and when, monotonic ns. */
export interface Death {
  readonly victim: Holder;
  readonly pid: number;
  readonly timeNs: bigint;
}

/** Steps that died with the process that had them alone. */
export interface Unhanded {
  readonly steps: number;
  /** At one death. */
  readonly most: number;
  /** How long before the death the oldest was made, ms. */
  readonly oldestMs: number;
}

export interface Sorted {
  readonly unhanded: Readonly<Record<Holder, Unhanded>>;
  /** All others. */
  readonly handedOver: readonly MadeStep[];
}

/**
 * A step that is on no disk is explained only where all later steps of its governor are on none either, and a process that had
 * them was killed: the governor, of numbers that its supervisor gave to the next governor again; or else the supervisor.
 */
export function sortUnhanded(
  made: readonly MadeStep[],
  isKept: (step: MadeStep) => boolean,
  deaths: readonly Death[],
): Sorted {
  const none: Unhanded = { steps: 0, most: 0, oldestMs: 0 };
  const unhanded: Record<Holder, Unhanded> = { governor: none, supervisor: none, "blocked supervisor": none };
  const handedOver: MadeStep[] = [];
  const lives = livesOf(made);
  for (const [i, life] of lives.entries()) {
    const kept = life.findLastIndex(isKept) + 1;
    handedOver.push(...life.slice(0, kept));
    const { pid, supervisor } = life[0]!;
    const next = lives.slice(i + 1).find(([first]) => first!.supervisor === supervisor)?.[0];
    const given = (step: MadeStep): boolean => next !== undefined && step.sequence < next.sequence;
    const tail = life.slice(kept);
    const parts = {
      governor: next === undefined ? [] : tail.filter((step) => !given(step)),
      supervisor: next === undefined ? tail : tail.filter(given),
    };
    for (const victim of ["governor", "supervisor"] as const) {
      const its = parts[victim];
      const victims = victim === "governor" ? [pid, supervisor] : [supervisor, pid]; // one alone may have been killed
      const death = victims.map((each) => deaths.findLast((death) => death.pid === each)).find(Boolean);
      if (its.length === 0) continue;
      if (death === undefined) handedOver.push(...its);
      else unhanded[death.victim] = more(unhanded[death.victim], its, death);
    }
  }
  return { unhanded, handedOver };
}

function more(before: Unhanded, steps: readonly MadeStep[], { timeNs }: Death): Unhanded {
  return {
    steps: before.steps + steps.length,
    most: Math.max(before.most, steps.length),
    oldestMs: Math.max(before.oldestMs, Number(timeNs - steps[0]!.timeNs) / 1e6),
  };
}

/** The steps of each governor, in turn. */
function livesOf(made: readonly MadeStep[]): MadeStep[][] {
  const lives = new Map<string, MadeStep[]>();
  for (const step of made) {
    const name = `${step.pid} of ${step.supervisor}`;
    const life = lives.get(name);
    if (life === undefined) lives.set(name, [step]);
    else life.push(step);
  }
  return [...lives.values()];
}
