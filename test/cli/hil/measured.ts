import type { Measured } from "../../../runtime/cli/hil/measured.ts";

/** Of a robot that was held for its policy in time. */
export const MEASURED: Measured = {
  endState: "hold",
  endStateMs: 120,
  causes: ["policy"],
  ends: "engaged",
  resumedMs: undefined,
  missedTicks: 3,
  starvedTicks: 2,
  maxTemperature: 30,
  steps: 100,
  rowsLost: 0,
  wrongPositions: 0,
  beyondLimits: 0,
  faults: {},
  machineLate: { p50Ms: 0.2, p99Ms: 60, maxMs: 110 },
  said: "policy: its process is gone",
};
