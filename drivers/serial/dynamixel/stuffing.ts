/**
 * Byte stuffing of Dynamixel's Protocol 2.0: FF FF FD in a packet's instruction and params is followed by an extra FD, so
 * that a header never appears inside a packet.
 */
export function stuff(body: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (const byte of body) {
    out.push(byte);
    if (endsInHeader(out, out.length)) out.push(0xfd);
  }
  return Uint8Array.from(out);
}

/** Inverse of `stuff`. */
export function unstuff(body: Uint8Array): Uint8Array {
  const out = new Uint8Array(body.length);
  let length = 0;
  for (let i = 0; i < body.length; i++) {
    out[length++] = body[i]!;
    if (endsInHeader(out, length) && body[i + 1] === 0xfd) i++;
  }
  return out.slice(0, length);
}

function endsInHeader(bytes: ArrayLike<number>, length: number): boolean {
  return length >= 3 && bytes[length - 3] === 0xff && bytes[length - 2] === 0xff && bytes[length - 1] === 0xfd;
}
