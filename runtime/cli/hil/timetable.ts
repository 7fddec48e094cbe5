import type { MachineFault, NetworkFault, PersonOrder, ProcessFault, Scenario } from "./scenario.ts";

/** Something that happens at a moment, s. */
export interface Entry {
  readonly at: number;
  readonly what:
    | { readonly fail: ProcessFault }
    | { readonly goOn: ProcessFault }
    | { readonly network: NetworkFault }
    | { readonly mend: NetworkFault }
    /** The time of day is off by so many from then on. */
    | { readonly clockHours: number }
    | { readonly order: PersonOrder["order"] };
}

/** All that happens outside the machine, in order of time. */
export function timetable({ faults, person }: Scenario): Entry[] {
  const entries: Entry[] = person.map(({ at, order }) => ({ at, what: { order } }));
  for (const fault of faults) {
    if ("machine" in fault) continue;
    const end = fault.at + (fault.for ?? Number.POSITIVE_INFINITY);
    if (fault.kind === "clock-step") {
      entries.push({ at: fault.at, what: { clockHours: fault.hours } });
      if (Number.isFinite(end)) entries.push({ at: end, what: { clockHours: 0 } });
    } else if ("process" in fault) {
      entries.push({ at: fault.at, what: { fail: fault } });
      if (fault.kind === "stop" && Number.isFinite(end)) entries.push({ at: end, what: { goOn: fault } });
    } else {
      entries.push({ at: fault.at, what: { network: fault } });
      if (Number.isFinite(end)) entries.push({ at: end, what: { mend: fault } });
    }
  }
  return entries.sort((a, b) => a.at - b.at);
}

/** What goes wrong with the machine, its times from where the scenario's 0 is. */
export function machineFaults({ faults }: Scenario): MachineFault["machine"][] {
  return faults.flatMap((fault) => ("machine" in fault ? [{ ...fault.machine, from: fault.at }] : []));
}

/** When the first thing happens, and the last, a fault's end included, s; 0 where nothing does. */
export function span({ faults, person }: Scenario): { readonly first: number; readonly last: number } {
  const duration = (fault: Scenario["faults"][number]): number =>
    ("machine" in fault ? fault.machine.for : fault.for) ?? 0;
  const moving = person.filter(({ order }) => order !== "stop");
  const begins = [...faults, ...person].map(({ at }) => at);
  const ends = [...faults.map((fault) => fault.at + duration(fault)), ...moving.map(({ at }) => at)];
  return { first: Math.min(...begins, Number.POSITIVE_INFINITY), last: Math.max(0, ...ends) };
}
