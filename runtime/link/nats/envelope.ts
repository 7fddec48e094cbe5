/** Frames of a message in one payload: their number, the length of each (uint32, little endian), then the frames. */

/** A batch of rows has an image frame or some for each of them at most. */
const MOST_FRAMES = 65_536;

export function seal(frames: readonly Uint8Array[]): Uint8Array {
  const head = 4 * (1 + frames.length);
  const payload = new Uint8Array(frames.reduce((sum, { length }) => sum + length, head));
  const view = new DataView(payload.buffer);
  view.setUint32(0, frames.length, true);
  let at = head;
  for (const [i, frame] of frames.entries()) {
    view.setUint32(4 * (1 + i), frame.length, true);
    payload.set(frame, at);
    at += frame.length;
  }
  return payload;
}

/** Views of the payload. Throws on one that `seal` did not make. */
export function unseal(payload: Uint8Array): Uint8Array[] {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const count = payload.length < 4 ? 0 : view.getUint32(0, true);
  const head = 4 * (1 + count);
  if (count === 0 || count > MOST_FRAMES || head > payload.length) {
    throw new Error(`nats: expected 1 to ${MOST_FRAMES} frames in ${payload.length} bytes, found ${count}`);
  }
  const frames: Uint8Array[] = [];
  let at = head;
  for (let i = 0; i < count; i++) {
    const length = view.getUint32(4 * (1 + i), true);
    frames.push(payload.subarray(at, at + length));
    at += length;
  }
  if (at !== payload.length) throw new Error(`nats: expected frames of ${at} bytes, found ${payload.length}`);
  return frames;
}
