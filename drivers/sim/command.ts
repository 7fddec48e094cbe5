import type { JointCommand, RobotSpec } from "../../runtime/robot.ts";

/** Throws unless `command` has one finite number a joint for target and gains. */
export function assertCommand(spec: RobotSpec, command: JointCommand): void {
  for (const part of ["position", "kp", "kd"] as const) {
    const values = command[part];
    if (values.length !== spec.joints.length) {
      throw new Error(`${spec.name}: expected a ${part} for ${spec.joints.length} joints, found ${values.length}`);
    }
    spec.joints.forEach((joint, i) => {
      if (!Number.isFinite(values[i])) {
        throw new Error(`${spec.name}: ${part} of ${joint.name} is not finite: ${values[i]}; nothing was sent`);
      }
    });
  }
}

export function copyCommand({ position, kp, kd }: JointCommand): JointCommand {
  return { position: position.slice(), kp: kp.slice(), kd: kd.slice() };
}
