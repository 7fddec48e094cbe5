import { expect, test } from "vitest";
import { failureRow, headLine, rowLine } from "../../../runtime/cli/failures/row.ts";

const outcome = (ms: number, endState: string | undefined = "damp") => ({
  endState,
  ms,
  missedTicks: ms,
  starvedTicks: 1,
});

test("a row has the median, the worst and every end state there was", () => {
  const row = failureRow(
    "governor",
    "kill",
    [30, 10, 20, 40].map((ms) => outcome(ms)),
  );
  expect(row).toEqual({
    cause: "governor",
    how: "kill",
    endState: "damp",
    ms: { p50: 20, max: 40 },
    missedTicks: 40,
    starvedTicks: 1,
    trials: 4,
  });
  expect(rowLine(row).length).toBe(headLine().length);
  expect(failureRow("link", "stop", [outcome(5), { ...outcome(6), endState: undefined }]).endState).toBe(
    "damp, goes on",
  );
  expect(() => failureRow("link", "stop", [])).toThrow(/at least one/);
});
