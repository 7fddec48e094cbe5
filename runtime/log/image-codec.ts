import type { StepSchema } from "../step.ts";
import type { TensorSpec } from "../task.ts";
import { imageBytes, imageTensors, type StepImage } from "../wire/images.ts";
import { bodyReader, bodyWriter, type RosTime, rosTime } from "./cdr.ts";
import { COMPRESSED_IMAGE, IMAGE } from "./definitions.ts";
import type { LogMessage } from "./entry.ts";
import type { Topic } from "./topic.ts";

interface Stamped {
  readonly header: { readonly stamp: RosTime };
}

interface RosImage extends Stamped {
  readonly height: number;
  readonly data: Uint8Array;
}

interface RosCompressedImage extends Stamped {
  readonly format: string;
  readonly data: Uint8Array;
}

/**
 * Raw images as `sensor_msgs/msg/Image`, a channel for every uint8 tensor of the schema in its order; behind those, as many
 * channels for the encoded ones, as `sensor_msgs/msg/CompressedImage`. Stamped with their capture where it is known, else with
 * their step.
 */
export class ImageCodec {
  readonly #tensors: readonly TensorSpec[];
  readonly #write = bodyWriter(IMAGE);
  readonly #read = bodyReader<RosImage>(IMAGE);
  readonly #writeCompressed = bodyWriter(COMPRESSED_IMAGE);
  readonly #readCompressed = bodyReader<RosCompressedImage>(COMPRESSED_IMAGE);

  constructor(schema: StepSchema) {
    this.#tensors = imageTensors(schema);
  }

  get topics(): Topic[] {
    const names = this.#tensors.map(({ name }) => `/${name.replace(/[^A-Za-z0-9_/]+/g, "_")}`);
    return [
      ...names.map((name) => ({ name, type: "sensor_msgs/msg/Image", definition: IMAGE })),
      ...names.map((name) => ({
        name: `${name}/compressed`,
        type: "sensor_msgs/msg/CompressedImage",
        definition: COMPRESSED_IMAGE,
      })),
    ];
  }

  encode(timeNs: bigint, images: readonly StepImage[]): LogMessage[] {
    return images.map(({ name, encoding, data, ageNs = 0 }) => {
      const capturedNs = timeNs - BigInt(ageNs);
      const channel = 1 + this.#tensors.findIndex((tensor) => tensor.name === name);
      if (encoding === "raw") return { channel, body: this.#message(this.#tensors[channel - 1]!, capturedNs, data) };
      const header = { stamp: rosTime(capturedNs), frame_id: name };
      const body = this.#writeCompressed({ header, format: encoding, data });
      return { channel: channel + this.#tensors.length, body };
    });
  }

  /** Stands where the images of a step would: they never came. An image without a pixel. */
  encodeGone(timeNs: bigint): LogMessage[] {
    return [{ channel: 1, body: this.#message(this.#tensors[0]!, timeNs, undefined) }];
  }

  /** The images of a step of that time; undefined for one that has not all of them, each as a whole. */
  decode(timeNs: bigint, messages: readonly LogMessage[]): StepImage[] | undefined {
    const images = messages.flatMap(({ channel, body }) => {
      const tensor = this.#tensors[(channel - 1) % this.#tensors.length];
      if (tensor === undefined) return [];
      return (
        (channel > this.#tensors.length ? this.#encoded(tensor, timeNs, body) : this.#raw(tensor, timeNs, body)) ?? []
      );
    });
    return images.length === this.#tensors.length ? images : undefined;
  }

  #raw(tensor: TensorSpec, timeNs: bigint, body: Uint8Array): StepImage | undefined {
    if (body.length < imageBytes(tensor)) return undefined;
    const image = orNone(() => this.#read(body));
    if (image?.data.length !== imageBytes(tensor)) return undefined;
    return { name: tensor.name, encoding: "raw", data: image.data, ...ageOf(image, timeNs) };
  }

  #encoded({ name }: TensorSpec, timeNs: bigint, body: Uint8Array): StepImage | undefined {
    const image = orNone(() => this.#readCompressed(body));
    if (image === undefined || (image.format !== "png" && image.format !== "jpeg")) return undefined;
    return { name, encoding: image.format, data: image.data, ...ageOf(image, timeNs) };
  }

  #message({ name, shape }: TensorSpec, timeNs: bigint, data: Uint8Array | undefined): Uint8Array {
    const [height = 1, width = 1, channels = 1] = shape;
    return this.#write({
      header: { stamp: rosTime(timeNs), frame_id: name },
      height: data === undefined ? 0 : height,
      width: data === undefined ? 0 : width,
      encoding: { 1: "mono8", 3: "rgb8", 4: "rgba8" }[channels] ?? `8UC${channels}`,
      is_bigendian: 0,
      step: data === undefined ? 0 : width * channels,
      data: data ?? new Uint8Array(0),
    });
  }
}

/** How long before its step it was captured; absent where it has its step's time. */
function ageOf({ header: { stamp } }: Stamped, timeNs: bigint): { readonly ageNs?: number } {
  const ageNs = Number(timeNs - BigInt(stamp.sec) * 1_000_000_000n - BigInt(stamp.nanosec));
  return ageNs !== 0 && Number.isSafeInteger(ageNs) ? { ageNs } : {};
}

/** Undefined for what is no such message: its lengths lie. */
function orNone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
