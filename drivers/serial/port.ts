/** A line to a machine: bytes out, bytes in. Which cable carries it is its own business. */
export interface Port {
  /** As a person would name it: /dev/ttyUSB0, tcp://host:port. */
  readonly name: string;
  /** Bits a second on the wire; what the time of an exchange is reckoned with. */
  readonly baud: number;
  /** Throws with what a person can do about it. Opens again after `close` or a loss. */
  open(handlers: PortHandlers): Promise<void>;
  /** Takes the bytes for sending at once; they must not change afterwards. What goes wrong later comes to `onLost`. */
  write(bytes: Uint8Array): void;
  /** Throws where the carrier cannot, as a serial server. Only while open. */
  setBaud(baud: number): Promise<void>;
  /** Safe before open, and twice. */
  close(): Promise<void>;
}

export interface PortHandlers {
  /** Good until it returns. */
  onBytes(bytes: Uint8Array): void;
  /** The carrier itself says that it is gone, once. Pulling a cable need not: only silence tells then. */
  onLost(reason: Error): void;
}
