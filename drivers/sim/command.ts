import type { JointCommand, RobotSpec } from "../../runtime/robot.ts";

const PARTS = ["position", "kp", "kd"] as const;

/** Throws unless `command` has one finite number a joint for target and gains. */
export function assertCommand({ name, joints }: RobotSpec, command: JointCommand): void {
  for (const part of PARTS) {
    const values = command[part];
    if (values.length !== joints.length) {
      throw new Error(`${name}: expected a ${part} for ${joints.length} joints, found ${values.length}`);
    }
    for (let i = 0; i < values.length; i++) {
      if (Number.isFinite(values[i])) continue;
      throw new Error(`${name}: ${part} of ${joints[i]!.name} is not finite: ${values[i]}; nothing was sent`);
    }
  }
}

/** All zero: a place for commands to be copied to. */
export function emptyCommand(joints: number): JointCommand {
  return { position: new Float64Array(joints), kp: new Float64Array(joints), kd: new Float64Array(joints) };
}

export function copyCommand(from: JointCommand, to: JointCommand): JointCommand {
  for (const part of PARTS) to[part].set(from[part]);
  return to;
}
