import { type Device, nanoseconds } from "../intake.ts";
import type { CompressedImage, Image } from "../messages/types.ts";
import type { Topic } from "../transport.ts";

/** Where red, green and blue are in a pixel, and its size in bytes. */
const ENCODINGS: Readonly<Record<string, { readonly size: number; readonly rgb: readonly [number, number, number] }>> =
  {
    rgb8: { size: 3, rgb: [0, 1, 2] },
    bgr8: { size: 3, rgb: [2, 1, 0] },
    rgba8: { size: 4, rgb: [0, 1, 2] },
    bgra8: { size: 4, rgb: [2, 1, 0] },
    mono8: { size: 1, rgb: [0, 0, 0] },
  };

/** uint8 height × width × 3: red, green, blue. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * Throws on an encoding that is not known, and on a message that is smaller than it says. All known encodings have one byte a
 * number, so `is_bigendian` makes no difference to them.
 */
export function assertImage({ encoding, width, height, step, data }: Image): void {
  const layout = Object.hasOwn(ENCODINGS, encoding) ? ENCODINGS[encoding] : undefined;
  if (layout === undefined) {
    throw new Error(`expected an image in ${Object.keys(ENCODINGS).join(", ")}, found encoding "${encoding}"`);
  }
  const row = width * layout.size;
  if (step < row)
    throw new Error(`expected rows of at least ${row} bytes for ${width} ${encoding} pixels, found ${step}`);
  const least = height === 0 ? 0 : step * (height - 1) + row;
  if (data.length < least) throw new Error(`expected ${least} bytes for ${width} × ${height}, found ${data.length}`);
}

/** The picture in a message that `assertImage` let pass, without what lies between its rows. */
export function pictureOf({ encoding, width, height, step, data }: Image): Picture {
  const { size, rgb } = ENCODINGS[encoding]!;
  const [red, green, blue] = rgb;
  const out = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0, from = y * step; x < width; x++, from += size, to += 3) {
      out[to] = data[from + red]!;
      out[to + 1] = data[from + green]!;
      out[to + 2] = data[from + blue]!;
    }
  }
  return { width, height, data: out };
}

/** The newest picture of sensor_msgs/Image. It is made when it is asked for: one that nobody looks at costs nothing. */
export class ImageStates implements Device<"sensor_msgs/msg/Image"> {
  readonly topic: Topic<"sensor_msgs/msg/Image">;
  #newest: Image | undefined;

  constructor(topic: string) {
    this.topic = { name: topic, type: "sensor_msgs/msg/Image", qos: "sensor" };
  }

  /** Undefined before there is one. */
  get picture(): Picture | undefined {
    return this.#newest === undefined ? undefined : pictureOf(this.#newest);
  }

  stampNs({ header }: Image): bigint {
    return nanoseconds(header.stamp);
  }

  check(message: Image): void {
    assertImage(message);
  }

  keep(message: Image): void {
    this.#newest = { ...message, data: new Uint8Array(message.data) };
  }
}

export type Compression = "jpeg" | "png";

/** What the bytes are by their first ones; a message's `format` is free text. Throws when they are neither. */
export function compressionOf(data: Uint8Array): Compression {
  if (data[0] === 0xff && data[1] === 0xd8) return "jpeg";
  if (data[0] === 0x89 && data[1] === 0x50) return "png";
  const found = Buffer.from(data.subarray(0, 4)).toString("hex");
  throw new Error(`expected a JPEG or PNG, found ${data.length} bytes that begin with ${found || "nothing"}`);
}

/** The newest of sensor_msgs/CompressedImage, as it came: whoever looks at it decodes it. */
export class CompressedImageStates implements Device<"sensor_msgs/msg/CompressedImage"> {
  readonly topic: Topic<"sensor_msgs/msg/CompressedImage">;
  #newest: { readonly compression: Compression; readonly data: Uint8Array } | undefined;

  constructor(topic: string) {
    this.topic = { name: topic, type: "sensor_msgs/msg/CompressedImage", qos: "sensor" };
  }

  get newest(): { readonly compression: Compression; readonly data: Uint8Array } | undefined {
    return this.#newest;
  }

  stampNs({ header }: CompressedImage): bigint {
    return nanoseconds(header.stamp);
  }

  check({ data }: CompressedImage): void {
    compressionOf(data);
  }

  keep({ data }: CompressedImage): void {
    this.#newest = { compression: compressionOf(data), data: new Uint8Array(data) };
  }
}
