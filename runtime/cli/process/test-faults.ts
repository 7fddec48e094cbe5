import { readFileSync } from "node:fs";
import type { Driver } from "../../robot.ts";

/** Names the file that says how to fail. Without it none of this is there. */
const FAULTS = "REVERIE_TEST_FAULTS";

/**
 * How a process can fail by itself; "read" and "write": its driver never answers one again; "fail": its driver throws at the
 * next read; "nan": all that its policy answers from then on.
 */
export const FAULT_KINDS = ["busy", "throw", "memory", "read", "write", "fail", "nan"] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

let blocked: "read" | "write" | undefined;
let failing = false;
let senseless = false;

const FAIL: Readonly<Record<FaultKind, () => void>> = {
  busy: () => {
    for (;;);
  },
  throw: () => {
    throw new Error("a fault that was asked for");
  },
  memory: () => {
    for (const kept: number[][] = []; ; ) kept.push(new Array<number>(100_000).fill(0.5));
  },
  read: () => {
    blocked = "read";
  },
  write: () => {
    blocked = "write";
  },
  fail: () => {
    failing = true;
  },
  nan: () => {
    senseless = true;
  },
};

/**
 * For measuring what happens when a process fails: in one that was started with REVERIE_TEST_FAULTS=<file>, SIGUSR2 makes it
 * fail in the way the file says. In any other this does nothing.
 */
export function acceptTestFaults(): void {
  const path = process.env[FAULTS];
  if (path === undefined) return;
  process.on("SIGUSR2", () => {
    const found = readFileSync(path, "utf8").trim();
    const kind = FAULT_KINDS.find((each) => each === found);
    if (kind === undefined) throw new Error(`${path}: expected one of ${FAULT_KINDS.join(", ")}, found "${found}"`);
    FAIL[kind]();
  });
}

/** The driver of a process that can be made to fail so; in any other it is returned as it is. */
export function blockable<D extends Driver>(driver: D): D {
  if (process.env[FAULTS] === undefined) return driver;
  const read = driver.read.bind(driver);
  const write = driver.write.bind(driver);
  const never = <T>(): Promise<T> => new Promise(() => {});
  return Object.assign(driver, {
    read: async () => {
      if (failing) throw new Error("a fault of the driver that was asked for");
      return blocked === "read" ? never<Awaited<ReturnType<Driver["read"]>>>() : read();
    },
    write: (...[command]: Parameters<Driver["write"]>) =>
      blocked === "write" ? never<Awaited<ReturnType<Driver["write"]>>>() : write(command),
  });
}

/** The action of a process that can be made to answer without sense; in any other it is returned as it is. */
export function spoilable(action: Float32Array): Float32Array {
  return senseless ? new Float32Array(action.length).fill(Number.NaN) : action;
}
