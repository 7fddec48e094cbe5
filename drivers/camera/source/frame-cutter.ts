/** Cuts a stream of bytes into frames of one size; each has the time of the piece that brought its first byte. */
export class FrameCutter {
  readonly #size: number;
  readonly #onFrame: (data: Uint8Array, timeNs: bigint) => void;
  #frame: Uint8Array;
  #filled = 0;
  #timeNs = 0n;

  /** A frame's array is its taker's. */
  constructor(size: number, onFrame: (data: Uint8Array, timeNs: bigint) => void) {
    this.#size = size;
    this.#onFrame = onFrame;
    this.#frame = new Uint8Array(size);
  }

  push(bytes: Uint8Array, timeNs: bigint): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#filled === 0) this.#timeNs = timeNs;
      const piece = bytes.subarray(at, at + this.#size - this.#filled);
      this.#frame.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled < this.#size) return;
      const frame = this.#frame;
      this.#frame = new Uint8Array(this.#size);
      this.#filled = 0;
      this.#onFrame(frame, this.#timeNs);
    }
  }
}
