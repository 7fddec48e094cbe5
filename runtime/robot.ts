/**
 * The contract between a machine and the loop that moves it: joint space, SI units (rad, rad/s, N·m, s).
 * Raw counts end in calibration/.
 */

/** How a machine is left when nothing sensible drives it: keep the last target, damp the joints, or let go. */
export type EndState = "hold" | "damp" | "limp";

export interface JointSpec {
  readonly name: string;
  /** Hard limits, rad. */
  readonly min: number;
  readonly max: number;
  /** rad/s */
  readonly velocityLimit: number;
  /** N·m */
  readonly effortLimit: number;
  /** Position gain, N·m/rad. */
  readonly kp: number;
  /** Velocity gain, N·m·s/rad. */
  readonly kd: number;
}

/** A machine, whichever driver carries it. */
export interface RobotSpec {
  readonly name: string;
  readonly joints: readonly JointSpec[];
  /** How often the policy is asked. */
  readonly policyRateHz: number;
  /** How often a target is written; a whole multiple of the policy rate. */
  readonly servoRateHz: number;
  /** rad, one a joint; where a supervised return ends. */
  readonly restPose: readonly number[];
  readonly endState: EndState;
}

/** What one read of the machine gave. Arrays belong to the driver and are overwritten by its next read. */
export interface Sample {
  /** Acquisition time on the driver's clock, ns. */
  readonly timeNs: bigint;
  /** rad, rad/s and N·m, one a joint in the spec's order. */
  readonly position: Float64Array;
  readonly velocity: Float64Array;
  readonly effort: Float64Array;
  /** Everything else by name; the robot's definition documents each name, size and unit. */
  readonly sensors: Readonly<Record<string, Float64Array>>;
}

/** One target for every joint, after map, filter and limits. effort = kp·(position − q) − kd·q̇ */
export interface JointCommand {
  readonly position: Float64Array;
  readonly kp: Float64Array;
  readonly kd: Float64Array;
}

/** The last thing before the motors. Called by the governor only. */
export interface Driver {
  open(): Promise<void>;
  /** Newest sample. Throws when there is none fresh enough. */
  read(): Promise<Sample>;
  /** Returns what was really sent. A target that is not finite throws and nothing is sent. */
  write(command: JointCommand): Promise<JointCommand>;
  /** Brings the machine to an end state without a policy. Safe at any time, repeatedly. */
  relax(end: EndState): Promise<void>;
  /** Safe before open, and twice. Leaves the machine limp. */
  close(): Promise<void>;
}
