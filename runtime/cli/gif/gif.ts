import { encodeLzw } from "./lzw.ts";
import { ColourCount } from "./palette.ts";

/** Index of the colour that lets what was there before show through; the palette has the 255 before it. */
const TRANSPARENT = 255;

/** An animation that plays for ever. Source: GIF89a specification; the loop is Netscape's extension. */
export class Gif {
  readonly #width: number;
  readonly #height: number;
  readonly #fps: number;
  readonly #count = new ColourCount();
  readonly #frames: Uint16Array[] = [];

  /** Players slow down what has more than 50 frames a second. */
  constructor(width: number, height: number, fps: number) {
    for (const size of [width, height]) {
      if (!(Number.isInteger(size) && size >= 1 && size <= 65535)) {
        throw new Error(`gif: expected sizes from 1 to 65535 pixels, found ${size}`);
      }
    }
    if (!(fps > 0 && fps <= 50)) throw new Error(`gif: expected up to 50 frames a second, found ${fps}`);
    this.#width = width;
    this.#height = height;
    this.#fps = fps;
  }

  get frames(): number {
    return this.#frames.length;
  }

  /** uint8 height × width × 3, RGB. */
  add(picture: Uint8Array): void {
    const expected = 3 * this.#width * this.#height;
    if (picture.length !== expected) throw new Error(`gif: expected ${expected} bytes, found ${picture.length}`);
    this.#frames.push(this.#count.take(picture));
  }

  /** The whole file. The same pictures give the same bytes. */
  encode(): Uint8Array {
    const { colours, indexOf } = this.#count.palette(TRANSPARENT);
    const table = new Uint8Array(3 * 256);
    table.set(colours);
    const parts: Uint8Array[] = [
      Buffer.from("GIF89a"),
      Uint8Array.of(...u16(this.#width), ...u16(this.#height), 0b1111_0111, 0, 0),
      table,
      Uint8Array.of(0x21, 0xff, 11, ...Buffer.from("NETSCAPE2.0"), 3, 1, 0, 0, 0),
    ];
    let before: Uint8Array | undefined;
    this.#frames.forEach((bins, i) => {
      const indices = Uint8Array.from(bins, (bin) => indexOf[bin]!);
      parts.push(...this.#frame(indices, before, this.#centiseconds(i + 1) - this.#centiseconds(i)));
      before = indices;
    });
    parts.push(Uint8Array.of(0x3b));
    return Buffer.concat(parts);
  }

  /** When a frame begins: rounded, so that the whole keeps its pace. */
  #centiseconds(frame: number): number {
    return Math.round((100 * frame) / this.#fps);
  }

  /** The rectangle that changed: whole, or only the pixels that did, whichever is shorter. */
  #frame(indices: Uint8Array, before: Uint8Array | undefined, delay: number): Uint8Array[] {
    const { x, y, width, height } = changed(indices, before, this.#width, this.#height);
    const whole = new Uint8Array(width * height);
    const changes = new Uint8Array(width * height);
    for (let row = 0, at = 0; row < height; row++) {
      for (let from = (y + row) * this.#width + x, end = from + width; from < end; from++, at++) {
        whole[at] = indices[from]!;
        changes[at] = before?.[from] === indices[from] ? TRANSPARENT : indices[from]!;
      }
    }
    const [one, other] = [encodeLzw(whole), encodeLzw(changes)];
    return [
      Uint8Array.of(0x21, 0xf9, 4, 0b0000_0101, ...u16(delay), TRANSPARENT, 0),
      Uint8Array.of(0x2c, ...u16(x), ...u16(y), ...u16(width), ...u16(height), 0),
      other.length < one.length ? other : one,
    ];
  }
}

function u16(value: number): [number, number] {
  return [value & 0xff, value >> 8];
}

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where two frames differ; one pixel where they do not. */
function changed(now: Uint8Array, before: Uint8Array | undefined, width: number, height: number): Rectangle {
  if (before === undefined) return { x: 0, y: 0, width, height };
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (now[at] === before[at]) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  if (right < 0) return { x: 0, y: 0, width: 1, height: 1 };
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}
