/** What others need to know to read messages of one kind: an MCAP channel with its schema. Payloads are CDR. */
export interface Topic {
  /** As `/step`. */
  readonly name: string;
  /** As `sensor_msgs/msg/Imu`. */
  readonly type: string;
  /** ROS 2 message definition, those it refers to behind it ("ros2msg"). */
  readonly definition: string;
}

/** What comes before the body of every message: CDR, little-endian (OMG DDSI-RTPS 2.3, 10.2). */
export const CDR_LITTLE_ENDIAN = Uint8Array.of(0, 1, 0, 0);
