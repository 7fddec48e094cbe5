import { readFileSync } from "node:fs";
import { writeWhole } from "../../write-whole.ts";

/** Names the file that says how far this computer's clock is off, in ms. Without it none of this is there. */
const CLOCK = "REVERIE_TEST_CLOCK";
/** A step of the clock is noticed after so long. */
const LOOK_MS = 50;

/**
 * For showing that nothing depends on the time of day: in a process that was started with REVERIE_TEST_CLOCK=<file>, `Date` is
 * off by as many ms as the file says just now. In any other this does nothing.
 */
export function acceptTestClock(path = process.env[CLOCK]): void {
  if (path === undefined) return;
  globalThis.Date = shiftedDate(Date, () => offsetMs(path));
}

/** From now on the processes that look at this file have a clock that is off by so many ms. */
export function setTestClock(path: string, ms: number): void {
  writeWhole(path, String(ms));
}

/** A `Date` whose present is off by so many ms; what it makes of a time that is given does not change. */
export function shiftedDate(real: DateConstructor, offset: () => number, nowMs = () => performance.now()) {
  let [known, looked] = [0, Number.NEGATIVE_INFINITY];
  const now = (): number => {
    if (nowMs() - looked >= LOOK_MS) [known, looked] = [offset(), nowMs()];
    return real.now() + known;
  };
  return new Proxy(real, {
    construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [now()] : given, made),
    apply: () => new real(now()).toString(),
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  });
}

/** 0 while there is no file, or half of one. */
function offsetMs(path: string): number {
  try {
    const ms = Number(readFileSync(path, "utf8"));
    return Number.isFinite(ms) ? ms : 0;
  } catch {
    return 0;
  }
}
