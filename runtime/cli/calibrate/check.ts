import { jointsOf, loadCalibration } from "../../../calibration/file.ts";
import { type JointCalibration, jointUnits } from "../../../calibration/joint.ts";
import { readRegister } from "../../../drivers/serial/write-register.ts";
import type { RobotDefinition } from "../../../robots/definition.ts";
import { serialOf } from "../drivers.ts";
import { type OpenRig, withRig } from "./bus.ts";
import { type CalibrateCommand, pathOf } from "./settings.ts";

/** Says of each joint whether its servo is as it was calibrated, and where it is. 1 where anything differs. */
export async function checkJoints(definition: RobotDefinition, settings: CalibrateCommand): Promise<number> {
  const { spec } = definition;
  const { home } = serialOf(definition);
  const calibration = loadCalibration(spec.name, pathOf(settings));
  const joints = jointsOf(
    calibration,
    spec.joints.map(({ name }) => name),
  );
  return withRig(definition, settings, console.log, async (open) => {
    let wrong = 0;
    for (const [i, joint] of joints.entries()) {
      const { faults, position } = await look(open, i, joint);
      wrong += faults.length;
      const fromHome = position - (home?.position[i] ?? 0);
      const where = `at ${degrees(position)}, ${degrees(fromHome)} from the home pose`;
      console.log(`${joint.name} (servo ${joint.id}): ${where}${faults.map((fault) => `; ${fault}`).join("")}`);
    }
    if (home !== undefined) console.log(`The home pose: ${home.pose}.`);
    console.log(
      wrong === 0 ? "All servos are as they were calibrated." : `Calibrate it anew: reverie calibrate ${spec.name}`,
    );
    return wrong === 0 ? 0 : 1;
  });
}

async function look(
  { bus, family, joints }: OpenRig,
  at: number,
  joint: JointCalibration,
): Promise<{ readonly faults: readonly string[]; readonly position: number }> {
  const { min, max, toRadians, stored } = jointUnits(joint);
  const faults: string[] = [];
  const differs = (what: string, expected: number | null | undefined, found: number): void => {
    if (expected === undefined || expected === null || expected === found) return;
    faults.push(`expected ${what} ${expected}, found ${found}`);
  };
  const { homingOffset, registers } = family;
  const read = async (name: string): Promise<number> => readRegister(bus, family, joint.id, registers[name]!);
  differs("firmware", joint.firmware, joints[at]!.firmware);
  if (homingOffset)
    differs(
      `homing offset (register ${homingOffset.address})`,
      joint.homingOffset,
      await readRegister(bus, family, joint.id, homingOffset),
    );
  for (const [name, value] of [
    ["minPosition", stored?.min],
    ["maxPosition", stored?.max],
  ] as const) {
    if (registers[name] !== undefined && value !== undefined)
      differs(`${name} (register ${registers[name].address})`, value, await read(name));
  }
  const position = toRadians(await read("presentPosition"));
  const slack = 0.1;
  if (position < min - slack || position > max + slack) {
    faults.push(`expected it within ${degrees(min)} to ${degrees(max)}; move it there by hand`);
  }
  return { faults, position };
}

function degrees(angle: number): string {
  return `${((180 * angle) / Math.PI).toFixed(1)}°`;
}
