import type { Camera } from "../../drivers/camera/camera.ts";
import { withChannels } from "../../drivers/camera/picture.ts";
import { ProcessCamera } from "../../drivers/camera/process-camera.ts";
import { SeeingDriver } from "../../drivers/camera/seeing-driver.ts";
import {
  type CameraSettings,
  cameraSettings,
  type FfmpegInput,
  type SourceSettings,
} from "../../drivers/camera/settings.ts";
import { SimulatedCamera } from "../../drivers/camera/simulated-camera.ts";
import type { SimDriver } from "../../drivers/sim/sim-driver.ts";
import type { RobotCamera, RobotDefinition } from "../../robots/definition.ts";
import { type Clock, VirtualClock } from "../clock.ts";
import type { DriverSettings, SightSettings } from "../defaults.ts";
import type { Driver, ImageShape, ImageSpec } from "../robot.ts";
import { UsageError } from "./usage-error.ts";

/**
 * What a camera of a robot can come from: its simulation; a camera of Video4Linux; an address and a video that ffmpeg reads, and a
 * picture that it makes; a directory of pictures; images on ROS 2. Other than "off".
 */
export const SIGHTS = ["sim", "device", "url", "video", "test", "pictures", "topic"] as const;
export type Sight = (typeof SIGHTS)[number];

/** What `at` has to be; those that are not here need none. */
const PLACES: Readonly<Partial<Record<Sight, string>>> = {
  device: "which camera, as /dev/v4l/by-id/…-index0",
  url: "its address, as rtsp://… or http://…",
  video: "the video's file",
  pictures: "the pictures' directory",
  topic: "the topic, as /camera/image_raw or /camera/image_raw/compressed",
};

/** The settings that say what a robot sees. */
export interface Looks {
  readonly camera?: DriverSettings["camera"];
  readonly ros2?: DriverSettings["ros2"];
}

/** A camera that a run has. */
interface Seen {
  readonly camera: RobotCamera;
  readonly from: Sight;
  readonly settings: SightSettings;
}

function seenBy({ cameras = [] }: RobotDefinition, { camera: chosen = {} }: Looks): Seen[] {
  return cameras.flatMap((camera) => {
    const settings = chosen[camera.name];
    const from = SIGHTS.find((each) => each === settings?.from);
    return settings === undefined || from === undefined ? [] : [{ camera, from, settings }];
  });
}

/** What the robot's cameras see in a run, and what is taken for a fault of them; undefined where it has none. */
export function imagesSeen(definition: RobotDefinition, looks: Looks): readonly ImageSpec[] | undefined {
  const seen = seenBy(definition, looks).map(({ camera: { name, shape, watch }, from }): ImageSpec => {
    // Few pictures again and again are what was asked for.
    return { name, shape, watch: from === "pictures" ? { ...watch, frozen: null } : watch };
  });
  return seen.length === 0 ? undefined : seen;
}

/** Where each camera that a run has is, and the rate that the robot asks of it. */
export function sightsOf(definition: RobotDefinition, looks: Looks) {
  return seenBy(definition, looks).map(({ camera, from, settings: { at } }) => {
    return { name: camera.name, from, at, least: camera.watch.rate };
  });
}

/** Throws where a camera's settings do not say where it is, or cannot be, and where it cannot keep step with a virtual clock. */
export function assertSights(definition: RobotDefinition, looks: Looks & { readonly clock: string }): void {
  for (const seen of seenBy(definition, looks)) {
    const { camera, from, settings } = seen;
    const place = PLACES[from];
    if (place !== undefined && settings.at === "") {
      throw new UsageError(`expected --camera.${camera.name}.at to say ${place}, found none`);
    }
    if (looks.clock === "lockstep" && from !== "sim") {
      throw new UsageError(
        `expected --camera.${camera.name}.from=sim with --clock lockstep, found ${from}: in lockstep time is not the camera's`,
      );
    }
    if (from !== "sim") cameraSettings(settingsOf(seen, definition, looks, definition.settings));
  }
}

/** Any driver, with what the run's cameras see in its samples; the same one where there are none. None is open yet. */
export function withSights(
  driver: Driver,
  definition: RobotDefinition,
  looks: Looks & { readonly task: RobotDefinition["settings"] },
  clock: Clock,
  report: (line: string) => void,
): Driver {
  const cameras = seenBy(definition, looks).map((seen): Camera => {
    if (clock instanceof VirtualClock) return onThread(seen.camera, driver as SimDriver, clock, seen.settings.rateHz);
    return new ProcessCamera(settingsOf(seen, definition, looks, looks.task), { now: () => clock.now(), report });
  });
  return cameras.length === 0 ? driver : new SeeingDriver(driver, cameras);
}

/** In lockstep time stands still meanwhile, and equal runs see equal bytes. */
function onThread({ name, shape, view }: RobotCamera, driver: SimDriver, clock: Clock, rateHz: number): Camera {
  const [height, width, channels] = shape;
  const aim = () => {
    const take = driver.camera(view, { width, height });
    return () => withChannels({ data: take(), width, height, channels: 3 }, channels).data;
  };
  return new SimulatedCamera({ name, shape, rateHz, clock, aim });
}

function settingsOf(
  { camera, from, settings }: Seen,
  definition: RobotDefinition,
  { ros2 }: Looks,
  task: RobotDefinition["settings"],
): CameraSettings {
  const { name, shape } = camera;
  const { at, rateHz, width, height, delay, format } = settings;
  const common = { name, shape, delay };
  const byFfmpeg = (input: FfmpegInput): CameraSettings => {
    const source: SourceSettings = { kind: "ffmpeg", input, width, height, scaledBy: "ffmpeg" };
    return { ...common, source, crop: middle(width, height, shape) };
  };
  switch (from) {
    case "device":
      return byFfmpeg({ from: "v4l2", device: at, format, rateHz });
    case "url":
      return byFfmpeg({ from: "url", url: at });
    case "video":
      return byFfmpeg({ from: "file", path: at });
    case "test":
      return byFfmpeg({ from: "test", rateHz });
    case "pictures":
      return { ...common, frozenMs: 0, source: { kind: "pictures", directory: at, rateHz } };
    case "topic": {
      const { transport } = definition.ros2 ?? {};
      const url = ros2?.url || (transport?.kind === "rosbridge" ? transport.url : "");
      return { ...common, source: { kind: "topic", topic: at, url } };
    }
    case "sim": {
      const { name: robot, joints } = definition.spec;
      const model = definition.simulation(task);
      const size = { width: shape[1], height: shape[0] };
      const source: SourceSettings = {
        kind: "simulation",
        robot: { name: robot, joints },
        model,
        view: camera.view,
        ...size,
        rateHz,
      };
      return { ...common, source };
    }
  }
}

/** The largest part of a picture, in its middle, that has the shape's proportions. */
function middle(width: number, height: number, [rows, columns]: ImageShape) {
  const scale = Math.min(width / columns, height / rows);
  const [wide, high] = [Math.floor(scale * columns), Math.floor(scale * rows)];
  return { x: Math.floor((width - wide) / 2), y: Math.floor((height - high) / 2), width: wide, height: high };
}
