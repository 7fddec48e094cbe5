import { readFileSync } from "node:fs";

/** The most memory a process has ever had at once, MB; undefined when it is gone or the system does not say. */
export function peakMb(pid: number): number | undefined {
  try {
    const kb = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kb === undefined ? undefined : Number(kb) / 1024;
  } catch {
    return undefined;
  }
}

/** The largest of each kind of process. */
export class Peaks {
  readonly #mb: Record<string, number> = {};

  see(name: string, pid: number | undefined): void {
    const mb = pid === undefined ? undefined : peakMb(pid);
    if (mb !== undefined) this.#mb[name] = Math.max(this.#mb[name] ?? 0, mb);
  }

  get mb(): Readonly<Record<string, number>> {
    return { ...this.#mb };
  }
}
