import { parse } from "@foxglove/rosmsg";
import { MessageReader } from "@foxglove/rosmsg2-serialization";
import { expect, test } from "vitest";
import type { LogMessage } from "../../../runtime/log/entry.ts";
import { ImageCodec } from "../../../runtime/log/image-codec.ts";
import { CDR_LITTLE_ENDIAN } from "../../../runtime/log/topic.ts";
import type { StepSchema } from "../../../runtime/step.ts";

const schema = {
  observation: [
    { name: "angle", dtype: "float32", shape: [1], units: ["rad"] },
    { name: "eye", dtype: "uint8", shape: [2, 4, 3], units: ["1"] },
    { name: "left hand", dtype: "uint8", shape: [2, 3], units: ["1"] },
  ],
} as unknown as StepSchema;
const codec = new ImageCodec(schema);
const eye = Uint8Array.from({ length: 24 }, (_, i) => i);
const hand = Uint8Array.from({ length: 6 }, (_, i) => 100 + i);
const images = [
  { name: "eye", encoding: "raw", data: eye },
  { name: "left hand", encoding: "raw", data: hand },
] as const;

test("images are sensor_msgs/msg/Image on a channel each, as any ROS 2 reader reads them", () => {
  expect(codec.topics.map(({ name, type }) => [name, type])).toEqual([
    ["/eye", "sensor_msgs/msg/Image"],
    ["/left_hand", "sensor_msgs/msg/Image"],
    ["/eye/compressed", "sensor_msgs/msg/CompressedImage"],
    ["/left_hand/compressed", "sensor_msgs/msg/CompressedImage"],
  ]);
  const read = codec.encode(3_000_000_007n, images).map(({ channel, body }) => {
    const reader = new MessageReader(parse(codec.topics[channel - 1]!.definition, { ros2: true }));
    return reader.readMessage(Buffer.concat([CDR_LITTLE_ENDIAN, body]));
  });
  const header = { stamp: { sec: 3, nanosec: 7 } };
  expect(read).toMatchObject([
    {
      header: { ...header, frame_id: "eye" },
      height: 2,
      width: 4,
      encoding: "rgb8",
      step: 12,
      is_bigendian: 0,
      data: eye,
    },
    { header: { ...header, frame_id: "left hand" }, height: 2, width: 3, encoding: "mono8", step: 3, data: hand },
  ]);
});

test("they come back as they were; some of them, or their placeholder, are none", () => {
  const messages = codec.encode(5n, images);
  expect(codec.decode(5n, messages)).toEqual(images);
  expect(codec.decode(5n, messages.slice(1))).toBeUndefined();
  expect(codec.decode(5n, codec.encodeGone(5n))).toBeUndefined();
});

test("each is stamped with its own capture, which comes back; one of which it is not known has its step's time", () => {
  const jpeg = { name: "left hand", encoding: "jpeg", data: Uint8Array.of(0xff, 0xd8, 0xff), ageNs: -2 } as const;
  const seen = [{ ...images[0], ageNs: 3_000_000 }, jpeg];
  const messages = codec.encode(4_000_000_000n, seen);
  const reader = new MessageReader(parse(codec.topics[0]!.definition, { ros2: true }));
  const message = reader.readMessage(Buffer.concat([CDR_LITTLE_ENDIAN, messages[0]!.body]));
  expect(message).toMatchObject({ header: { stamp: { sec: 3, nanosec: 997_000_000 } } });
  expect(codec.decode(4_000_000_000n, messages)).toEqual(seen);
  expect(codec.decode(5n, codec.encode(5n, images))![0]).not.toHaveProperty("ageNs");
});

test("encoded ones are sensor_msgs/msg/CompressedImage, and come back beside raw ones", () => {
  const jpeg = { name: "eye", encoding: "jpeg", data: Uint8Array.of(0xff, 0xd8, 0xff) } as const;
  const messages = codec.encode(5n, [jpeg, images[1]]);
  expect(messages.map(({ channel }) => channel)).toEqual([3, 2]);
  const reader = new MessageReader(parse(codec.topics[2]!.definition, { ros2: true }));
  const message = reader.readMessage(Buffer.concat([CDR_LITTLE_ENDIAN, messages[0]!.body]));
  expect(message).toMatchObject({ header: { frame_id: "eye" }, format: "jpeg", data: jpeg.data });
  expect(codec.decode(5n, messages)).toEqual([jpeg, images[1]]);
  const odd = codec.encode(5n, [{ ...jpeg, encoding: "tiff" as "jpeg" }, images[1]]);
  expect(codec.decode(5n, odd)).toBeUndefined();
});

test("a message whose lengths lie is no image, and breaks nothing", () => {
  for (const encoding of ["raw", "png"] as const) {
    const [{ channel, body }] = codec.encode(5n, [{ name: "eye", encoding, data: eye }]) as [LogMessage];
    const liar = body.slice();
    new DataView(liar.buffer).setUint32(liar.length - eye.length - 4, 0x40000003, true);
    expect(codec.decode(5n, [{ channel, body: liar }, ...codec.encode(5n, [images[1]])])).toBeUndefined();
    expect(codec.decode(5n, [{ channel, body: body.subarray(0, 30) }])).toBeUndefined();
  }
});
