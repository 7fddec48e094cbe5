/** IEEE 754 binary16: sign, 5 bits of exponent (bias 15), 10 of fraction. */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The half-precision number nearest to each, ties to even. Throws on one that is not finite there: beyond ±65504. */
export function toFloat16(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, (value) => {
    const half = encode(value);
    if ((half & 0x7c00) === 0x7c00) throw new Error(`float16: expected numbers within ±65504, found ${value}`);
    return half;
  });
}

export function fromFloat16(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, decode);
}

function encode(value: number): number {
  float[0] = value;
  const sign = (bits[0]! >>> 16) & 0x8000;
  const magnitude = bits[0]! & 0x7fffffff;
  if (magnitude >= 0x47800000) return sign | 0x7c00; // from 65536 up, and NaN
  if (magnitude < 0x38800000) {
    // Below 2⁻¹⁴ halves are whole multiples of 2⁻²⁴.
    return sign | roundToEven(Math.abs(float[0]!) * 2 ** 24);
  }
  const rebiased = magnitude - 0x38000000;
  return sign | ((rebiased + 0xfff + ((rebiased >>> 13) & 1)) >>> 13);
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

function decode(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
