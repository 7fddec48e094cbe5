import { defineConfig } from "vitest/config";

/** Need nobody's time but the processor's: two files at once. */
const ALONE = ["learner/{agent,baseline,compile,nn,replay,report}", "drivers/{serial,sim}", "calibration"].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

/** Everything else has processes, sockets or clocks of its own, and is measured by them: one file after the other. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: "alone", include: ALONE, maxWorkers: 2, sequence: { groupOrder: 0 } } },
      {
        test: {
          name: "in time",
          include: ["test/**/*.test.ts"],
          exclude: ALONE,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
