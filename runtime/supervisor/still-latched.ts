import type { Latched } from "../governor/stance.ts";
import type { GovernorStatus } from "../governor/status.ts";

/**
 * What the next governor has to begin with, after one of before said this of itself. One that is unpowered says nothing: it
 * has only just begun, and has reset nothing.
 */
export function stillLatched(
  before: Latched | undefined,
  { state, standstill }: Pick<GovernorStatus, "state" | "standstill">,
): Latched | undefined {
  if (state === "unpowered") return before;
  if (state !== "fault" && state !== "estop") return undefined;
  return standstill === undefined ? before : { state, standstill };
}
