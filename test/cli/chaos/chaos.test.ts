import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { REACHER } from "../../../robots/reacher/reacher.ts";
import { robotDefaults } from "../../../runtime/cli/robot-settings.ts";

/** Real processes run from the built files only. */
const BUILT = new URL("../../../dist/runtime/cli/chaos/chaos.js", import.meta.url).href;
const { unleash } = (await import(BUILT)) as typeof import("../../../runtime/cli/chaos/chaos.ts");

test.runIf(existsSync("/proc"))(
  "every step a robot hands over reaches its learner once, whoever is killed and whatever is cut",
  {
    timeout: 180_000,
  },
  async () => {
    const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith("reverie-chaos-"));
    const before = left();
    const result = await unleash({
      definition: REACHER,
      settings: robotDefaults("reacher", REACHER),
      seed: 29,
      seconds: 30,
      kills: 5,
      meanMs: 400,
      note: () => {},
    });
    expect(result.account, JSON.stringify(result)).toMatchObject({
      lost: 0,
      duplicated: 0,
      disordered: 0,
      changed: 0,
      unknown: 0,
    });
    expect(result.holds).toBe(true);
    expect(Object.values(result.blows.kills).reduce((a, b) => a + b)).toBe(5);
    expect(result.account.made).toBeGreaterThan(20);
    expect(left()).toEqual(before);
  },
);
