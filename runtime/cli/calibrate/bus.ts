import type { RigJoint } from "../../../calibration/rig.ts";
import { FAMILIES } from "../../../drivers/serial/families.ts";
import { findServos } from "../../../drivers/serial/find-servos.ts";
import { Line } from "../../../drivers/serial/line.ts";
import { portCalled } from "../../../drivers/serial/port-called.ts";
import type { ServoBus } from "../../../drivers/serial/servo-bus.ts";
import { busOf } from "../../../drivers/serial/servo-chain.ts";
import type { ServoFamily } from "../../../drivers/serial/servo-family.ts";
import { ServoRig } from "../../../drivers/serial/servo-rig.ts";
import type { RobotDefinition } from "../../../robots/definition.ts";
import { assertReachable, serialOf } from "../drivers.ts";
import type { RobotSettings } from "../robot-settings.ts";

export interface OpenRig {
  readonly rig: ServoRig;
  readonly bus: ServoBus;
  readonly family: ServoFamily;
  readonly joints: readonly RigJoint[];
}

/** Opens a robot's bus and finds its servos, for as long as `act` takes. `say`: a line for a person. */
export async function withRig<T>(
  definition: RobotDefinition,
  { serial }: RobotSettings,
  say: (line: string) => void,
  act: (open: OpenRig) => Promise<T>,
): Promise<T> {
  const robot = serialOf(definition);
  assertReachable(definition, { driver: "serial", serial });
  const family: ServoFamily = FAMILIES[robot.family];
  const port = portCalled(serial.port, serial.baud || robot.baud, say);
  const bus = busOf(family, new Line(port, { slackMs: serial.slackMs }));
  await bus.open();
  try {
    const names = definition.spec.joints.map(({ name }) => name);
    const joints = await findServos(names, robot, family, bus);
    return await act({ bus, family, joints, rig: await ServoRig.of(bus, family, joints) });
  } finally {
    await bus.close();
  }
}
