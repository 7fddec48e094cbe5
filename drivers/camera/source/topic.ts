import { loadSharp } from "../../../runtime/wire/sharp.ts";
import { type Device, Intake } from "../../ros2/intake.ts";
import { RclnodejsTransport } from "../../ros2/rclnodejs/carrier.ts";
import { RosbridgeTransport } from "../../ros2/rosbridge/carrier.ts";
import { ROS2_DEFAULTS } from "../../ros2/settings.ts";
import { CompressedImageStates, ImageStates } from "../../ros2/state/picture.ts";
import type { Transport } from "../../ros2/transport.ts";
import type { Picture } from "../picture.ts";
import type { SourceSettings } from "../settings.ts";
import type { Source } from "./source.ts";

export type TopicSource = Extract<SourceSettings, { kind: "topic" }>;

export interface TopicOptions {
  /** Names the ROS 2 node. */
  readonly name: string;
  /** Monotonic, ns. */
  readonly now: () => bigint;
  /** Refused messages, and what the connection says. */
  readonly report: (line: string) => void;
  readonly transport?: Transport;
}

/**
 * A topic of sensor_msgs/Image or, where its name ends in /compressed, CompressedImage, over a connection of its own. A picture
 * has the time of its stamp, on our clock.
 */
export function topicSource({ topic, url }: TopicSource, options: TopicOptions): Source {
  const { name, now, report } = options;
  return ({ onPicture, onEnd }) => {
    let stopped = false;
    const transport =
      options.transport ??
      (url === ""
        ? new RclnodejsTransport(`reverie_camera_${name.replaceAll("-", "_")}`)
        : new RosbridgeTransport(url, report));
    const { newest, intake } = reader(topic, report);
    let decoding = false;
    const hear = async (cdr: Uint8Array): Promise<void> => {
      const before = intake.timeNs;
      intake.receive(cdr, now());
      const { timeNs } = intake;
      if (timeNs === undefined || timeNs === before || decoding) return;
      decoding = true;
      const picture = await newest().finally(() => {
        decoding = false;
      });
      if (!stopped && picture !== undefined) onPicture(picture, timeNs);
    };
    const end = (error: Error): void => {
      if (!stopped) onEnd(error.message);
    };
    transport
      .open(() => {})
      .then(() => {
        if (stopped) return transport.close();
        transport.subscribe(intake.device.topic, (cdr) => void hear(cdr).catch(end));
        return undefined;
      })
      .catch(end);
    return {
      pid: undefined,
      stop: async () => {
        stopped = true;
        await transport.close();
      },
    };
  };
}

function reader(topic: string, report: (line: string) => void) {
  const { offsetWindowMs, retellMs } = ROS2_DEFAULTS;
  const intake = (device: Device): Intake =>
    new Intake(device, BigInt(offsetWindowMs) * 1_000_000n, BigInt(retellMs) * 1_000_000n, report);
  if (!topic.endsWith("/compressed")) {
    const device = new ImageStates(topic);
    const newest = async (): Promise<Picture | undefined> => device.picture && { ...device.picture, channels: 3 };
    return { newest, intake: intake(device as Device) };
  }
  const device = new CompressedImageStates(topic);
  const newest = async (): Promise<Picture | undefined> => device.newest && decompressed(device.newest.data);
  return { newest, intake: intake(device as Device) };
}

/** Throws on bytes that are no picture. */
async function decompressed(bytes: Uint8Array): Promise<Picture> {
  const sharp = await loadSharp();
  const { data, info } = await sharp(bytes)
    .removeAlpha()
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}
