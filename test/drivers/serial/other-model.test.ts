import { expect, test } from "vitest";
import { FEETECH_STS } from "../../../drivers/serial/feetech/family.ts";
import { meetServo } from "../../../drivers/serial/meet-servos.ts";
import type { ServoJoint } from "../../../drivers/serial/servo-joint.ts";
import { busOf, row } from "../mock/bus-of.ts";

test("a servo of another model than was calibrated is refused, also one that the family knows", async () => {
  const { bus, emulated } = busOf("sts", row(1));
  await bus.open();
  const joint = { id: 1, model: 777 } as ServoJoint;
  await expect(meetServo(bus, FEETECH_STS, joint, "elbow")).resolves.toMatchObject({ motor: "limp" });
  emulated.inject([{ kind: "wrong-model", servo: 1, model: 1284 }]);
  await expect(meetServo(bus, FEETECH_STS, joint, "elbow")).rejects.toThrow(
    /^elbow \(servo 1 on emulated\): expected the STS3215 \(777\) of its calibration, found model SCS0009 \(1284\)/,
  );
  await bus.close();
});
