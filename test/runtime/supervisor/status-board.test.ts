import { expect, test } from "vitest";
import { NO_LINK } from "../../../runtime/supervisor/status.ts";
import { StatusBoard } from "../../../runtime/supervisor/status-board.ts";

const at = (sequence: number) => ({
  sequence,
  steps: sequence,
  restarts: { governor: 0, policy: 0, link: 0 },
  lostSteps: 0,
  lostImages: 0,
});

test("while the link is gone, what waits is all that the learner has not said to have", () => {
  const board = new StatusBoard(true);
  board.link({ ...NO_LINK, state: "connected", acked: 90, spoolDepth: 10 });
  expect(board.status(at(100)).link).toMatchObject({ state: "connected", spoolDepth: 10 });
  board.linkGone();
  expect(board.status(at(400)).link).toMatchObject({ state: "connecting", spoolDepth: 310 });
  board.link({ ...NO_LINK, state: "connected", acked: 395, spoolDepth: 5 });
  expect(board.status(at(400)).link).toMatchObject({ state: "connected", spoolDepth: 5 });
});

test("a robot without a link has none to speak of", () => {
  expect(new StatusBoard(false).status(at(5)).link).toBeUndefined();
});
