import type { ImageFault } from "../../runtime/robot.ts";
import type { CameraCounts } from "./camera.ts";
import type { Frame } from "./keeper.ts";
import type { Pose } from "./pose.ts";
import type { WholeCameraSettings } from "./settings.ts";

/** What a camera's process is told and tells, over Node's IPC with `serialization: "advanced"`. */
export type ToCamera =
  | { readonly type: "start"; readonly settings: WholeCameraSettings }
  /** For a camera that is drawn. */
  | { readonly type: "pose"; readonly pose: Pose }
  | { readonly type: "stop" };

export type FromCamera =
  | { readonly type: "frame"; readonly frame: Frame }
  /** When it changes and every `ALIVE_MS`: silence means that the process hangs. */
  | {
      readonly type: "state";
      readonly fault: ImageFault | undefined;
      readonly counts: Omit<CameraCounts, "processRestarts">;
      /** This process, and the one that reads the device where that is another. */
      readonly pids: readonly number[];
    };

export const ALIVE_MS = 250;
