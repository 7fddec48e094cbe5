import { afterEach, expect, test } from "vitest";
import type { ServoKind } from "../../../drivers/mock/make-bus.ts";
import type { ServoDriver } from "../../../drivers/serial/servo-driver.ts";
import { plugIn } from "../mock/bus-of.ts";
import { driverOf, emulatedChain } from "./chain.ts";

const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const open: ServoDriver[] = [];
afterEach(async () => {
  for (const driver of open.splice(0)) await driver.close();
});

/** Three servos that follow goals of a driver that is gone, its second one dead since: and the driver that finds them so. */
async function lacking(kind: ServoKind, dead: readonly number[]) {
  const faults = dead.map((servo) => ({ kind: "dead", servo, from: 0.3 }) as const);
  const { emulated } = emulatedChain(kind, 3, { faults });
  const before = driverOf(kind, 3, plugIn(emulated));
  open.push(before.driver);
  await before.driver.open();
  await before.driver.read();
  const { joints } = before.spec;
  await before.driver.write({
    position: Float64Array.of(0.2, 0.2, 0.2),
    kp: Float64Array.from(joints, ({ kp }) => kp),
    kd: Float64Array.from(joints, ({ kd }) => kd),
  });
  await pass(350);
  // Four requests in vain make a lost bus: a servo that is missing must not be asked so often.
  const found = driverOf(kind, 3, plugIn(emulated), { line: { lostAfter: 4, reopenMs: 1000, reopenMaxMs: 1000 } });
  await expect(found.driver.open()).rejects.toThrow("nobody answers");
  return { ...found, emulated };
}

test.each<ServoKind>(["sts", "scs", "dynamixel"])(
  "%s: one that is missing keeps nobody from being let go",
  async (kind) => {
    const { driver, emulated, reports } = await lacking(kind, [2]);
    await driver.relaxReachable("limp");
    const [first, , third] = emulated.targets();
    expect([first, third]).toEqual([undefined, undefined]);
    expect(reports.join("\n")).toMatch(/servo 2.*nobody answers/);
  },
);

test.each<ServoKind>(["sts", "scs", "dynamixel"])(
  "%s: the others keep the goals they have where they are to hold",
  async (kind) => {
    const { driver, emulated } = await lacking(kind, [2]);
    const before = emulated.targets();
    expect(before[0]).toBeCloseTo(0.2, 1);
    for (const end of ["hold", "stop"] as const) {
      await driver.relaxReachable(end);
      expect([emulated.targets()[0], emulated.targets()[2]]).toEqual([before[0], before[2]]);
    }
  },
);

test("a motor that can brake does, one that lay limp stays so", async () => {
  const { driver, emulated } = await lacking("dynamixel", [2]);
  await driver.relaxReachable("limp");
  await driver.relaxReachable("damp");
  expect([emulated.targets()[0], emulated.targets()[2]]).toEqual([undefined, undefined]);
});

test("where nobody answers that is said", async () => {
  const { driver } = await lacking("sts", [1, 2, 3]);
  await expect(driver.relaxReachable("limp")).rejects.toThrow("no servo answers");
});
