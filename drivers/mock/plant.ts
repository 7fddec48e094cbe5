/** What a motor does with its joint: follow a target in rad, brake ("damp"), or nothing (undefined). */
export type Drive = number | "damp" | undefined;

/** The mechanics behind emulated servos, whatever computes them. Joints by number; rad, rad/s, N·m. */
export interface Plant {
  /** `torque`: share of its full torque that the motor may spend, 0 to 1. */
  drive(joint: number, drive: Drive, torque: number): void;
  /** Lives until `timeMs`, on a monotonic clock of which only the differences count. */
  advance(timeMs: number): void;
  position(joint: number): number;
  velocity(joint: number): number;
  effort(joint: number): number;
  /** Of a machine that floats, as `SimModel.base` has them. */
  readonly sensors?: Readonly<Record<string, Float64Array>>;
}
