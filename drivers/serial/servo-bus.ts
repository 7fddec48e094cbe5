import type { DeviceCounts } from "./device-counts.ts";
import type { Line } from "./line.ts";

/** A servo that answered. */
export interface FoundServo {
  readonly id: number;
  readonly model: number;
  readonly firmware: number;
}

/** Room for the answers to a sync read; filled in the order of the ids that were asked. */
export interface SyncReplies {
  /** ids × size bytes; those of a servo that did not answer stay as they were. */
  readonly data: Uint8Array;
  /** 1 for each servo whose answer is new. */
  readonly fresh: Uint8Array;
  /** Each answer's status or error byte. */
  readonly errors: Uint8Array;
}

/** What every chain of servos on one wire can do. Raw register bytes: their meaning begins in a register table. */
export interface ServoBus {
  readonly line: Line;
  readonly counts: DeviceCounts;
  /** Highest id a servo can have. */
  readonly highestId: number;
  open(): Promise<void>;
  close(): Promise<void>;
  /**
   * undefined when nobody answers. `probe`: it is asked once, and nobody is missed. Throws `ServoError` when the bus is
   * lost.
   */
  ping(id: number, probe?: boolean): Promise<FoundServo | undefined>;
  /** Throws `ServoError`, after tries. */
  read(id: number, address: number, size: number): Promise<Uint8Array>;
  /** Acknowledged. Throws `ServoError`, after tries. */
  write(id: number, address: number, data: Uint8Array): Promise<void>;
  /** Asks each servo once. False when the bus is lost; a servo that does not answer stays without its mark. */
  syncRead(ids: readonly number[], address: number, size: number, into: SyncReplies): Promise<boolean>;
  /** Nobody acknowledges this. `data` holds size bytes for each servo. False when the bus is lost. */
  syncWrite(ids: readonly number[], address: number, size: number, data: Uint8Array): Promise<boolean>;
}

export function syncReplies(servos: number, size: number): SyncReplies {
  return { data: new Uint8Array(servos * size), fresh: new Uint8Array(servos), errors: new Uint8Array(servos) };
}

/** "no-reply": not one valid answer in all tries; "refused": the servo said no; "lost": the bus is gone. */
export class ServoError extends Error {
  readonly code: "no-reply" | "refused" | "lost";

  constructor(code: ServoError["code"], message: string) {
    super(message);
    this.code = code;
  }
}
