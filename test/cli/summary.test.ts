import { afterEach, expect, test, vi } from "vitest";
import { summary } from "../../runtime/cli/summary.ts";
import { emptyView } from "../../runtime/cli/view.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each([
  ["start", "npm start"],
  ["reverie", "npm run reverie -- teach a1"],
  ["test", "reverie teach a1"],
])("a run begun as npm's %s says to go on with: %s", (script, command) => {
  vi.stubEnv("npm_lifecycle_event", script);
  expect(summary(emptyView("a1", 20, 2000), "teach a1")).toEqual([
    "Stopped after 0 steps (0:00:00 of robot time).",
    "No step was taken.",
    `Go on with it: ${command}`,
  ]);
});
