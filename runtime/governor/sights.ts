import type { ImageSpec, Sample } from "../robot.ts";

/** The newest frame of each camera, by name. One that is not there, or of another size, is black: the watchdog says why. */
export function sights(
  specs: readonly ImageSpec[] | undefined,
  { images }: Sample,
): Readonly<Record<string, Uint8Array>> {
  const seen: Record<string, Uint8Array> = {};
  for (const { name, shape } of specs ?? []) {
    const [height, width, channels] = shape;
    const size = height * width * channels;
    const frame = images?.[name]?.frame;
    seen[name] = frame?.length === size ? frame : new Uint8Array(size);
  }
  return seen;
}
