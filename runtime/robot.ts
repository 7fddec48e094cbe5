/**
 * The contract between a machine and the loop that moves it: joint space, SI units (rad, rad/s, N·m, s).
 * Raw counts end in calibration/.
 */

/**
 * How a machine is left when nothing sensible drives it: keep the last target (loaded arms), damp the joints (legs), let
 * go, or drive at speed 0 (wheels).
 */
export type EndState = "hold" | "damp" | "limp" | "stop";

/** Why a machine is brought to an end state. */
export type Cause =
  | "policy"
  | "sample"
  | "tracking"
  | "temperature"
  | "voltage"
  | "current"
  | "tilt"
  | "workspace"
  | "camera"
  | "overrun"
  | "surprise"
  | "driver"
  | "governor"
  | "operator"
  | "estop"
  | "stop";

export interface JointSpec {
  readonly name: string;
  /** Hard limits, rad. */
  readonly min: number;
  readonly max: number;
  /** How far inside the hard limits a target may come, rad. */
  readonly softMargin: number;
  /** rad/s */
  readonly velocityLimit: number;
  /** rad/s² */
  readonly accelerationLimit: number;
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
  /** Where another end state is right for a cause. */
  readonly endStates?: Readonly<Partial<Record<Cause, EndState>>>;
  /** An end state that lets go is turned into "hold" while any joint is farther than this from the rest pose, rad. */
  readonly limpWithin?: number;
  /** At an orderly end in real time the machine first returns to its rest pose; absent: it does not. */
  readonly rest?: RestMove;
  readonly watch: WatchLimits;
  /** Hash of what its joints are calibrated as; absent: it needs no calibration. A policy is good for one calibration. */
  readonly calibration?: string;
  /** The sensors that make up its inertial measurement unit, by name; absent: it has none. */
  readonly imu?: ImuSensors;
  /** What its cameras see, where it has any. */
  readonly images?: readonly ImageSpec[];
}

export interface ImuSensors {
  /** Unit quaternion w x y z, body to world. */
  readonly orientation: string;
  /** rad/s, in the body's frame. */
  readonly angularVelocity: string;
  /** m/s², in the body's frame, with gravity's reaction; absent: not measured. */
  readonly linearAcceleration?: string;
}

/** A camera's frames, and what the watchdog takes for a fault of it. */
export interface ImageSpec {
  readonly name: string;
  readonly shape: ImageShape;
  readonly watch: ImageWatch;
}

/** Channels: 1, grey, or 3, RGB. */
export type ImageShape = readonly [height: number, width: number, channels: number];

export interface ImageWatch {
  /** Of the newest frame, at most, s. */
  readonly age: number;
  /** Without a picture that was not seen just before, at most, s; null: one that stands still is no fault. */
  readonly frozen: number | null;
  /** Frames a second, at least; null: any. */
  readonly rate: number | null;
  /** Mean of a frame, 0 to 255, at least; null: darkness is no fault. */
  readonly brightness: number | null;
}

/** A slow, guarded move to the rest pose. */
export interface RestMove {
  /** rad/s */
  readonly speed: number;
  /** A joint this far from its target for 150 ms has met something: the move ends in the end state, rad. */
  readonly contactError: number;
}

/** What the watchdogs compare with; null where this machine has no such measurement, which the safety page says. */
export interface WatchLimits {
  /** Age of the newest sample, s. */
  readonly sampleAge: number;
  /** How far beyond its hard limits a joint may be measured before the measurement is not believed, rad. */
  readonly beyondLimits: number;
  /** Between command and measurement of a joint, rad. */
  readonly tracking: number | null;
  /** °C, of the hottest joint. */
  readonly temperature: number | null;
  /** V, of the lowest supply. */
  readonly voltage: number | null;
  /** A, of the joint that draws most. */
  readonly current: number | null;
  /** Of the base from upright, rad. */
  readonly tilt: { readonly limit: number; of(sample: Sample): number } | null;
  /** Where the tool may be, m. */
  readonly workspace: Workspace | null;
}

/** Of a machine that has no such measurements. */
export const UNWATCHED: Omit<WatchLimits, "sampleAge" | "beyondLimits"> = {
  tracking: null,
  temperature: null,
  voltage: null,
  current: null,
  tilt: null,
  workspace: null,
};

export interface Workspace {
  readonly min: readonly [number, number, number];
  readonly max: readonly [number, number, number];
  /** The tool's place from the joint positions. */
  of(position: ArrayLike<number>): readonly [number, number, number];
}

/** What one read of the machine gave. Arrays belong to the driver and are overwritten by its next read. */
export interface Sample {
  /** Acquisition time on the driver's clock, ns. */
  readonly timeNs: bigint;
  /** rad, rad/s and N·m, one a joint in the spec's order. */
  readonly position: Float64Array;
  readonly velocity: Float64Array;
  readonly effort: Float64Array;
  /** °C, V and A, one a joint, where the machine measures them. */
  readonly temperature?: Float64Array;
  readonly voltage?: Float64Array;
  readonly current?: Float64Array;
  /** The emergency stop's input, where the machine has one. */
  readonly estop?: boolean;
  /** The newest of each camera, by name; they do not wait for each other nor for the joints. */
  readonly images?: Readonly<Record<string, Image>>;
  /** Everything else by name; the robot's definition documents each name, size and unit. */
  readonly sensors: Readonly<Record<string, Float64Array>>;
}

/** The newest frame of a camera, and how the camera fares. */
export interface Image {
  /** uint8 height × width × channels, row by row from the top; all 0 before the first. Never written to again. */
  readonly frame: Uint8Array;
  readonly shape: ImageShape;
  /** Capture, on the driver's clock, ns. */
  readonly timeNs: bigint;
  /** Counts a camera's frames from 1; 0 before the first. */
  readonly sequence: number;
  readonly health: ImageHealth;
}

export interface ImageHealth {
  /** Since its capture, s; Infinity before the first frame. */
  readonly age: number;
  /** How long before its capture the last picture was captured that had not been seen just before, s. */
  readonly frozenFor: number;
  /** Frames a second; 0 while there were too few to tell. */
  readonly rate: number;
  /** Mean of the frame, 0 to 255. */
  readonly brightness: number;
  /** Why there are no frames, or none that are new, as far as that is known. */
  readonly fault?: ImageFault;
}

export interface ImageFault {
  readonly text: string;
  /** On the driver's clock. */
  readonly sinceNs: bigint;
}

/** One target for every joint, after map, filter and limits. effort = kp·(position − q) − kd·q̇ */
export interface JointCommand {
  readonly position: Float64Array;
  readonly kp: Float64Array;
  readonly kd: Float64Array;
}

/** The last thing before the motors. Called by the governor only. */
export interface Driver {
  /** Loads what `open` needs, without touching the machine, so that it is quick; absent where it is quick anyway. */
  prepare?(): Promise<void>;
  open(): Promise<void>;
  /** After `open`: what calibration says each joint can reach, rad; absent where nothing was calibrated. */
  readonly calibrated?: readonly { readonly min: number; readonly max: number }[];
  /** After `open`: hash of the calibration in use; absent or "" where there is none. */
  readonly calibrationHash?: string;
  /** Newest sample. Throws when there is none fresh enough. */
  read(): Promise<Sample>;
  /** Returns what was really sent, good until the next write. A target that is not finite throws and nothing is sent. */
  write(command: JointCommand): Promise<JointCommand>;
  /** Brings the machine to an end state without a policy. Safe at any time, repeatedly. */
  relax(end: EndState): Promise<void>;
  /**
   * Where `open` fails because a part of the machine is missing: brings the parts that can be reached to the end state, without
   * it. Throws where there are none; absent where a machine is there or not.
   */
  relaxReachable?(end: EndState): Promise<void>;
  /** Safe before open, and twice. Leaves the machine limp. */
  close(): Promise<void>;
}
