import { cameraFaults } from "../../mock/camera-faults.ts";
import type { PoseInlet } from "../pose.ts";
import type { WholeCameraSettings } from "../settings.ts";
import { ffmpegSource } from "./ffmpeg.ts";
import { picturesSource } from "./pictures.ts";
import type { Source } from "./source.ts";

export interface SourceOptions {
  /** Monotonic, ns. */
  readonly now: () => bigint;
  /** Where the machine is, for a camera that is drawn. */
  readonly poses: PoseInlet;
  /** One line for a person. */
  readonly report: (line: string) => void;
}

/** The source that the settings name. */
export function sourceOf(settings: WholeCameraSettings, { now, poses, report }: SourceOptions): Source {
  const { name, source, ffmpeg } = settings;
  switch (source.kind) {
    case "pictures":
      return picturesSource(source, now);
    case "simulation":
      return loaded(async () => (await import("./simulation.ts")).simulationSource(source, poses, cameraFaults()));
    case "topic":
      return loaded(async () => (await import("./topic.ts")).topicSource(source, { name, now, report }));
    case "ffmpeg":
      return ffmpegSource(source, settings, { program: ffmpeg, now });
  }
}

/** A source whose code is only loaded where there is one of its kind. */
function loaded(load: () => Promise<Source>): Source {
  return (handlers) => {
    let running: ReturnType<Source> | undefined;
    let stopped = false;
    load().then(
      (source) => {
        if (!stopped) running = source(handlers);
      },
      (error: Error) => {
        if (!stopped) handlers.onEnd(error.message);
      },
    );
    return {
      get pid() {
        return running?.pid;
      },
      stop: async () => {
        stopped = true;
        await running?.stop();
      },
    };
  };
}
