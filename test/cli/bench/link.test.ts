import { expect, test } from "vitest";
import type { LinkLoad, LinkSpeed } from "../../../runtime/cli/bench/link-speed.ts";
import { schema } from "../../runtime/policy/bundles.ts";

/** Its other process runs from the built files only. */
const BUILT = new URL("../../../dist/runtime/cli/bench/link-speed.js", import.meta.url).href;
const { measureLink } = (await import(BUILT)) as {
  readonly measureLink: (load: LinkLoad, seconds: number) => Promise<LinkSpeed>;
};

test("every row and image arrives on the learner's disk, at the rate it was asked for", {
  timeout: 30_000,
}, async () => {
  const seeing = { ...schema, observation: [...schema.observation, EYE] };
  const speed = await measureLink({ name: "small", schema: seeing, rateHz: 100 }, 1);
  expect(speed.rows).toBeGreaterThanOrEqual(50);
  expect(speed.rows).toBeLessThanOrEqual(101);
  expect(speed.megabytesPerSecond * speed.seconds * 1e6).toBeGreaterThan(speed.rows * 192);
  expect(speed.ackMs.p50).toBeGreaterThan(0);
  expect(speed.ackMs.max).toBeGreaterThanOrEqual(speed.ackMs.p50);
  expect(speed.robotCpu).toBeGreaterThan(0);
  expect(speed.learnerCpu).toBeGreaterThan(0);
});

const EYE = { name: "eye", dtype: "uint8", shape: [8, 8, 3], units: ["1"] } as const;
