import sharp from "sharp";
import { afterEach, expect, test } from "vitest";
import type { Picture } from "../../../../drivers/camera/picture.ts";
import type { RunningSource } from "../../../../drivers/camera/source/source.ts";
import { topicSource } from "../../../../drivers/camera/source/topic.ts";
import { encode } from "../../../../drivers/ros2/messages/codec.ts";
import { Graph } from "../../../../drivers/ros2/mock/graph.ts";
import { RclnodejsTransport } from "../../../../drivers/ros2/rclnodejs/carrier.ts";
import { fakeRclnodejs } from "../../ros2/fake-rclnodejs.ts";

const IMAGE = "sensor_msgs/msg/Image";
const COMPRESSED = "sensor_msgs/msg/CompressedImage";

let running: RunningSource | undefined;
afterEach(() => running?.stop());

async function heard(topic: string) {
  const graph = new Graph();
  const pictures: { readonly picture: Picture; readonly timeNs: bigint }[] = [];
  const lines: string[] = [];
  let nowNs = 50_000n;
  const transport = new RclnodejsTransport("camera", async () => fakeRclnodejs(graph).module);
  const source = topicSource(
    { kind: "topic", topic, url: "" },
    { name: "front", now: () => nowNs, report: (line) => void lines.push(line), transport },
  );
  running = source({
    onPicture: (picture, timeNs) => void pictures.push({ picture, timeNs }),
    onEnd: (why) => lines.push(why),
  });
  await expect.poll(() => transport.connected).toBe(true);
  await new Promise((resolve) => setImmediate(resolve));
  const header = (nanosec: number) => ({ stamp: { sec: 0, nanosec }, frame_id: "" });
  const pass = (ns: bigint): void => {
    nowNs += ns;
  };
  return { graph, pictures, lines, header, pass };
}

test("pictures of a topic come as RGB with the time of their stamp on our clock; what is no picture is refused by name", async () => {
  const { graph, pictures, lines, header, pass } = await heard("/camera/image_raw");
  const say = (nanosec: number, data: Uint8Array): void => {
    const message = { header: header(nanosec), height: 1, width: 2, encoding: "bgr8", is_bigendian: 0, step: 6, data };
    graph.publish("/camera/image_raw", IMAGE, encode(IMAGE, message));
  };
  say(100, Uint8Array.of(1, 2, 3, 4, 5, 6)); // the first may be of long ago, and is never used
  pass(1000n);
  say(1100, Uint8Array.of(1, 2, 3, 4, 5, 6));
  pass(1300n); // 300 ns later than the one before
  say(2100, Uint8Array.of(7, 8, 9, 1, 2, 3));
  await expect.poll(() => pictures.length).toBe(1);
  expect(pictures[0]).toEqual({
    picture: { width: 2, height: 1, channels: 3, data: Uint8Array.of(3, 2, 1, 6, 5, 4) },
    timeNs: 51_000n,
  });
  say(3000, Uint8Array.of(1));
  expect(lines[0]).toMatch(/^\/camera\/image_raw: expected 6 bytes for 2 × 1, found 1; refused/);
});

test("a topic whose name ends in /compressed has files, which are decoded", async () => {
  const topic = "/camera/image_raw/compressed";
  const { graph, pictures, header, pass } = await heard(topic);
  const pixels = Uint8Array.from({ length: 12 }, (_, i) => 20 * i);
  const data = await sharp(pixels, { raw: { width: 2, height: 2, channels: 3 } })
    .png()
    .toBuffer();
  for (const nanosec of [100, 1100]) {
    graph.publish(topic, COMPRESSED, encode(COMPRESSED, { header: header(nanosec), format: "png", data }));
    pass(1000n);
  }
  await expect.poll(() => pictures.length).toBe(1);
  expect(pictures[0]!.picture).toMatchObject({ width: 2, height: 2, channels: 3 });
  expect([...pictures[0]!.picture.data]).toEqual([...pixels]);
});
