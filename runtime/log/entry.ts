/** What a log keeps under one sequence number: messages on its channels, all of one moment. */
export interface LogEntry {
  readonly sequence: number;
  /** Of acquisition, on the robot's monotonic clock. */
  readonly timeNs: bigint;
  readonly messages: readonly LogMessage[];
}

export interface LogMessage {
  /** Place of its topic in the log's, from 1. */
  readonly channel: number;
  /** Little-endian CDR without the four bytes that say so. */
  readonly body: Uint8Array;
}
