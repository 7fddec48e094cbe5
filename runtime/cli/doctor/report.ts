import type { Finding, Section, Verdict } from "./finding.ts";

const MARKS: Readonly<Record<Verdict, string>> = { pass: "ok  ", note: "–   ", warn: "WARN", fail: "FAIL" };
/** Spaces before what is said of a finding. */
const INDENT = 7;

/** The sections as lines for a person, the count of each verdict last. */
export function reportLines(title: string, sections: readonly Section[]): string[] {
  const lines = [title];
  for (const { title: section, findings } of sections) {
    lines.push("", section);
    for (const { verdict, what, found, fix } of findings) {
      lines.push(`  ${MARKS[verdict]} ${what}: ${found}`);
      if (fix !== undefined) lines.push(`${" ".repeat(INDENT)}→ ${fix}`);
    }
  }
  const { pass, note, warn, fail } = counted(sections);
  return [...lines, "", `${pass} ok, ${note} of no matter, ${warn} to look at, ${fail} that will not work`];
}

export function counted(sections: readonly Section[]): Record<Verdict, number> {
  const count: Record<Verdict, number> = { pass: 0, note: 0, warn: 0, fail: 0 };
  const all: readonly Finding[] = sections.flatMap(({ findings }) => findings);
  for (const { verdict } of all) count[verdict]++;
  return count;
}
