import type { EmulatedServo } from "./emulated-servo.ts";

/** What one servo puts on the wire. */
export interface Answer {
  readonly servo: EmulatedServo;
  readonly bytes: Uint8Array;
  /** µs before it begins to talk. */
  readonly delayUs: number;
}

/** What a bus of servos makes of a stream of bytes. */
export interface Protocol {
  /** The first whole request in `bytes`, carried out; `used` bytes are done with. */
  serve(
    bytes: Uint8Array,
    servos: readonly EmulatedServo[],
  ): { readonly answers: readonly Answer[]; readonly used: number };
}
