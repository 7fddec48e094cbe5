/** What travels on a servo bus, in either direction. */
export interface Packet {
  readonly id: number;
  /** Of a request the instruction; of a Feetech reply the status bits; of a Dynamixel reply always 0x55. */
  readonly code: number;
  readonly params: Uint8Array;
}

/** What a look at received bytes found: a whole packet or, when more bytes have to come, none. */
export interface Taken {
  readonly packet: Packet | undefined;
  /** Bytes that are done with: the packet and the noise before it. */
  readonly used: number;
  /** Packets of which a header was there and the checksum wrong. */
  readonly corrupt: number;
}

/** Which packets may come; anything else that looks like the beginning of one is noise. */
export interface Expected {
  /** Bytes of data in this servo's answer; undefined when none of its may come. Dynamixels may answer without, refusing. */
  sizeOf(id: number): number | undefined;
}
