import { defineConfig } from "vitest/config";

/** Need nobody's time but the processor's: two files at once. */
const FOLDERS = ["learner/{agent,baseline,compile,nn,replay,report}", "drivers/{serial,sim}", "calibration"];
/** Have processes of their own that wait for each other, however long it takes. */
const PATIENT = ["calibrate", "experiment", "learns", "lerobot", "main", "pretraining", "pushed", "render", "teach"];
const ALONE = [
  ...FOLDERS.map((folder) => `test/${folder}/**/*.test.ts`),
  ...PATIENT.map((name) => `test/cli/${name}.test.ts`),
];

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
