import { join } from "node:path";
import { parseHolder, startIn } from "../../holder.ts";
import { type Finding, note, pass, warn } from "./finding.ts";
import type { System } from "./system.ts";

type Looks = Pick<System, "list" | "read" | "link" | "access">;

/** Who holds a run directory, and who was left behind in it. */
export function checkRun({ list, read, link, access }: Looks, run: string): Finding[] {
  if (access(run) === "missing") return [note(run, "not there yet: the first start makes it")];
  const findings: Finding[] = [];
  const owner = parseHolder(read(join(run, "lock")) ?? "");
  const stat = owner && read(`/proc/${owner.pid}/stat`);
  const alive = stat !== undefined && startIn(stat) === owner?.started;
  if (owner === undefined) findings.push(pass(run, "free: no lock"));
  else if (alive) findings.push(warn(run, `in use by process ${owner.pid}`, `stop it there, or: kill ${owner.pid}`));
  else findings.push(note(run, `a lock of process ${owner.pid}, which is gone: the next start takes it over`));
  if (!alive) {
    const left = holders({ list, read, link }, run);
    for (const { pid, name } of left) {
      const found = `${name} (${pid}) has files in ${run} open, and nobody supervises it`;
      findings.push(warn("left behind", found, `if it should not be: kill ${pid}`));
    }
  }
  return findings;
}

function holders({ list, read, link }: Omit<Looks, "access">, run: string): { pid: string; name: string }[] {
  return list("/proc")
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => list(`/proc/${pid}/fd`).some((fd) => link(`/proc/${pid}/fd/${fd}`)?.startsWith(`${run}/`)))
    .map((pid) => ({ pid, name: read(`/proc/${pid}/comm`)?.trim() ?? "a process" }));
}
