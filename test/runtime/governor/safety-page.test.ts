import { expect, test } from "vitest";
import { A1 } from "../../../robots/a1/a1.ts";
import { REACHER } from "../../../robots/reacher/reacher.ts";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import { safetyPage } from "../../../runtime/governor/safety-page.ts";
import { WATCHDOGS } from "../../../runtime/governor/watchdogs.ts";

const page = (runtime = RUNTIME_DEFAULTS) => safetyPage(A1.spec, A1.task(A1.settings), runtime).join("\n");

test("the page names every watchdog, and says what is off or not watched", () => {
  const lines = page().split("\n");
  for (const name of WATCHDOGS) expect(lines.some((line) => line.trim().startsWith(`${name} `))).toBe(true);
  expect(page()).toMatch(/tilt +not watched: this robot sets no limit/);
  const { watchdogs } = RUNTIME_DEFAULTS;
  const off = { ...RUNTIME_DEFAULTS, watchdogs: { ...watchdogs, temperature: { trip: "off", holdOffMs: 0 } } };
  expect(page(off)).toMatch(/temperature +OFF by setting \(above 60 °C\)/);
  expect(safetyPage(REACHER.spec, REACHER.task(REACHER.settings), RUNTIME_DEFAULTS).join("\n")).toMatch(
    /distance +OFF/,
  );
});

test("times and end states are those of the settings and the robot", () => {
  expect(page()).toMatch(/policy silent +"damp" within 105 ms of the question; goes on when it answers/);
  expect(page()).toMatch(/emergency stop +"damp" within 5 ms, latched until a person resets it/);
  expect(page()).toMatch(/velocity +21 rad\/s, from the command before/);
  expect(page()).toMatch(/distance +0.2 rad from the measured joint, which bounds the controller to 16 N·m/);
  const patient = { ...RUNTIME_DEFAULTS, governor: { ...RUNTIME_DEFAULTS.governor, starvedTicksToHold: 4 } };
  expect(page(patient)).toMatch(/policy silent +"damp" within 205 ms/);
  const arm = { ...A1.spec, endState: "hold" as const, endStates: { temperature: "limp" as const } };
  const lines = safetyPage(arm, A1.task(A1.settings), RUNTIME_DEFAULTS).join("\n");
  expect(lines).toMatch(/temperature +above 60 °C for 1000 ms → "limp", latched/);
  expect(lines).toMatch(/governor dies +"hold" by a process that stands by/);
});
