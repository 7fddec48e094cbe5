import type { Picture } from "../picture.ts";

/** Where pictures come from. Starting it never throws: whatever goes wrong is its end, told later. */
export type Source = (handlers: SourceHandlers) => RunningSource;

export interface SourceHandlers {
  /** The picture is the handler's. `timeNs`: when its first byte was here, monotonic. */
  onPicture(picture: Picture, timeNs: bigint): void;
  /** Once, unless it was stopped: why there will be no more. */
  onEnd(why: string): void;
}

export interface RunningSource {
  /** Of the process that reads the device, where there is one. */
  readonly pid: number | undefined;
  /** At once; resolves when the device is free. */
  stop(): Promise<void>;
}
