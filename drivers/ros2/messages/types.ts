/**
 * The messages this driver reads and writes, field by field as ROS 2 defines them (common_interfaces, unitree_go).
 * Arrays of numbers are typed arrays both ways: the CDR writer takes no others.
 */

export interface Time {
  readonly sec: number;
  readonly nanosec: number;
}

export interface Header {
  readonly stamp: Time;
  readonly frame_id: string;
}

export interface Vector3 {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export interface Quaternion extends Vector3 {
  readonly w: number;
}

/** Each array is empty or has one number a name. */
export interface JointState {
  readonly header: Header;
  readonly name: readonly string[];
  readonly position: Float64Array;
  readonly velocity: Float64Array;
  readonly effort: Float64Array;
}

/** A covariance of −1 at its first place: there is no such measurement. */
export interface Imu {
  readonly header: Header;
  readonly orientation: Quaternion;
  readonly orientation_covariance: Float64Array;
  readonly angular_velocity: Vector3;
  readonly angular_velocity_covariance: Float64Array;
  readonly linear_acceleration: Vector3;
  readonly linear_acceleration_covariance: Float64Array;
}

export interface Image {
  readonly header: Header;
  readonly height: number;
  readonly width: number;
  readonly encoding: string;
  readonly is_bigendian: number;
  /** Bytes from one row to the next. */
  readonly step: number;
  readonly data: Uint8Array;
}

export interface CompressedImage {
  readonly header: Header;
  /** Free text: the bytes themselves say what they are. */
  readonly format: string;
  readonly data: Uint8Array;
}

export interface Twist {
  readonly linear: Vector3;
  readonly angular: Vector3;
}

/** The pose in the header's frame, the twist in the child's. */
export interface Odometry {
  readonly header: Header;
  readonly child_frame_id: string;
  readonly pose: {
    readonly pose: { readonly position: Vector3; readonly orientation: Quaternion };
    readonly covariance: Float64Array;
  };
  readonly twist: { readonly twist: Twist; readonly covariance: Float64Array };
}

export interface Bool {
  readonly data: boolean;
}

export interface Float64MultiArray {
  readonly layout: {
    readonly dim: readonly { readonly label: string; readonly size: number; readonly stride: number }[];
    readonly data_offset: number;
  };
  readonly data: Float64Array;
}

export interface JointTrajectoryPoint {
  readonly positions: Float64Array;
  readonly velocities: Float64Array;
  readonly accelerations: Float64Array;
  readonly effort: Float64Array;
  readonly time_from_start: Time;
}

export interface JointTrajectory {
  readonly header: Header;
  readonly joint_names: readonly string[];
  readonly points: readonly JointTrajectoryPoint[];
}

export interface DiagnosticStatus {
  /** 0 OK, 1 WARN, 2 ERROR, 3 STALE. */
  readonly level: number;
  readonly name: string;
  readonly message: string;
  readonly hardware_id: string;
  readonly values: readonly { readonly key: string; readonly value: string }[];
}

export interface DiagnosticArray {
  readonly header: Header;
  readonly status: readonly DiagnosticStatus[];
}

export interface MotorCmd {
  readonly mode: number;
  readonly q: number;
  readonly dq: number;
  readonly tau: number;
  readonly kp: number;
  readonly kd: number;
  readonly reserve: Uint32Array;
}

export interface LowCmd {
  readonly head: Uint8Array;
  readonly level_flag: number;
  readonly frame_reserve: number;
  readonly sn: Uint32Array;
  readonly version: Uint32Array;
  readonly bandwidth: number;
  readonly motor_cmd: readonly MotorCmd[];
  readonly bms_cmd: { readonly off: number; readonly reserve: Uint8Array };
  readonly wireless_remote: Uint8Array;
  readonly led: Uint8Array;
  readonly fan: Uint8Array;
  readonly gpio: number;
  readonly reserve: number;
  readonly crc: number;
}

/** The parts that are read here. */
export interface MotorState {
  readonly mode: number;
  readonly q: number;
  readonly dq: number;
  readonly tau_est: number;
  /** °C */
  readonly temperature: number;
}

/** The parts that are read here. */
export interface LowState {
  readonly imu_state: {
    /** w, x, y, z */
    readonly quaternion: Float32Array;
    readonly gyroscope: Float32Array;
    readonly accelerometer: Float32Array;
  };
  readonly motor_state: readonly MotorState[];
  readonly foot_force: Int16Array;
  /** ms since the robot started. */
  readonly tick: number;
  /** V, A */
  readonly power_v: number;
  readonly power_a: number;
}

/** What each type's name stands for. */
export interface MessageTypes {
  readonly "sensor_msgs/msg/JointState": JointState;
  readonly "sensor_msgs/msg/Imu": Imu;
  readonly "sensor_msgs/msg/Image": Image;
  readonly "sensor_msgs/msg/CompressedImage": CompressedImage;
  readonly "nav_msgs/msg/Odometry": Odometry;
  readonly "std_msgs/msg/Bool": Bool;
  readonly "std_msgs/msg/Float64MultiArray": Float64MultiArray;
  readonly "trajectory_msgs/msg/JointTrajectory": JointTrajectory;
  readonly "geometry_msgs/msg/Twist": Twist;
  readonly "diagnostic_msgs/msg/DiagnosticArray": DiagnosticArray;
  readonly "unitree_go/msg/LowCmd": LowCmd;
  readonly "unitree_go/msg/LowState": LowState;
}

export type TypeName = keyof MessageTypes;
