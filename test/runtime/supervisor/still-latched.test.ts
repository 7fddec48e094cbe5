import { expect, test } from "vitest";
import type { Latched } from "../../../runtime/governor/stance.ts";
import { stillLatched } from "../../../runtime/supervisor/still-latched.ts";

const standstill = { cause: "temperature", text: "hot", sinceMs: 1 } as const;
const fault: Latched = { state: "fault", standstill };

test("a latch holds until its governor says that it is left; one that has only just begun does not say so", () => {
  expect(stillLatched(undefined, { state: "engaged", standstill: undefined })).toBeUndefined();
  expect(stillLatched(undefined, { state: "held", standstill })).toBeUndefined();
  expect(stillLatched(undefined, { state: "fault", standstill })).toEqual(fault);
  expect(stillLatched(fault, { state: "unpowered", standstill: undefined })).toBe(fault);
  expect(stillLatched(fault, { state: "fault", standstill: undefined })).toBe(fault);
  expect(stillLatched(fault, { state: "estop", standstill })).toEqual({ state: "estop", standstill });
  for (const state of ["ready", "engaged", "held"] as const)
    expect(stillLatched(fault, { state, standstill: undefined })).toBeUndefined();
});
