import { expect, test } from "vitest";
import { warmUp } from "../../../runtime/policy/warm-up.ts";

test("a first session is made and run before there is a policy", async () => {
  expect(await warmUp(0.25)).toBe(0.25);
});
