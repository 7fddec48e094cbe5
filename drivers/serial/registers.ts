/** Where a servo keeps a number, and how. */
export interface Register {
  readonly address: number;
  /** Bytes. */
  readonly size: 1 | 2 | 4;
  /** Absent: never negative. "twos": two's complement. A number: sign and magnitude, with the sign in this bit. */
  readonly sign?: "twos" | number;
}

/** A servo's registers by name. */
export type RegisterTable = Readonly<Record<string, Register>>;

export type ByteOrder = "little" | "big";

/** The number in the `size` bytes at `offset`. */
export function decodeRegister(
  { size, sign }: Pick<Register, "size" | "sign">,
  order: ByteOrder,
  bytes: Uint8Array,
  offset = 0,
): number {
  let raw = 0;
  for (let i = 0; i < size; i++) {
    const byte = bytes[offset + (order === "little" ? size - 1 - i : i)]!;
    raw = raw * 256 + byte;
  }
  if (sign === undefined) return raw;
  if (sign === "twos") return raw >= 2 ** (8 * size - 1) ? raw - 2 ** (8 * size) : raw;
  const magnitude = raw % 2 ** sign;
  return Math.floor(raw / 2 ** sign) % 2 === 1 && magnitude !== 0 ? -magnitude : magnitude;
}

/** Throws on a number that the register cannot hold, naming both. */
export function encodeRegister(
  { address, size, sign }: Register,
  order: ByteOrder,
  value: number,
  into: Uint8Array = new Uint8Array(size),
  offset = 0,
): Uint8Array {
  const [min, max] = registerRange({ size, ...(sign !== undefined && { sign }) });
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new Error(`register ${address}: expected a whole number from ${min} to ${max}, found ${value}`);
  }
  let raw = value;
  if (value < 0) raw = typeof sign === "number" ? -value + 2 ** sign : value + 2 ** (8 * size);
  for (let i = 0; i < size; i++) {
    into[offset + (order === "little" ? i : size - 1 - i)] = raw % 256;
    raw = Math.floor(raw / 256);
  }
  return into;
}

/** The smallest and the largest number a register holds. */
export function registerRange({ size, sign }: Pick<Register, "size" | "sign">): readonly [number, number] {
  if (sign === undefined) return [0, 2 ** (8 * size) - 1];
  if (sign === "twos") return [-(2 ** (8 * size - 1)), 2 ** (8 * size - 1) - 1];
  return [1 - 2 ** sign, 2 ** sign - 1];
}
