import type { Image, ImageSpec, Sample } from "../robot.ts";

/** Says what is wrong with the first camera that is not as its robot says it should be, with the cause where it is known. */
export function cameraTrouble(
  specs: readonly ImageSpec[] | undefined,
  images: Sample["images"],
  nowNs: bigint,
): string | undefined {
  if (specs === undefined) return undefined;
  for (const spec of specs) {
    const image = images?.[spec.name];
    const trouble = image === undefined ? "expected an image, found none in the sample" : troubleOf(spec, image);
    if (trouble === undefined) continue;
    const fault = image?.health.fault;
    const cause =
      fault === undefined ? "" : `: ${fault.text}, for ${(Number(nowNs - fault.sinceNs) / 1e9).toFixed(1)} s`;
    return `${spec.name}: ${trouble}${cause}`;
  }
  return undefined;
}

function troubleOf({ shape, watch }: ImageSpec, { frame, sequence, health }: Image): string | undefined {
  const { age, frozenFor, rate, brightness } = health;
  const size = shape[0] * shape[1] * shape[2];
  if (frame.length !== size) return `expected frames of ${shape.join(" × ")}, ${size} bytes, found ${frame.length}`;
  if (sequence === 0) return "expected a frame, found none yet";
  if (!(age <= watch.age)) return `expected a frame of at most ${watch.age} s, found one of ${age.toFixed(3)} s`;
  if (watch.frozen !== null && frozenFor > watch.frozen) {
    return `expected a new picture every ${watch.frozen} s, found the same for ${frozenFor.toFixed(3)} s`;
  }
  if (watch.rate !== null && rate > 0 && rate < watch.rate) {
    return `expected at least ${watch.rate} frames a second, found ${rate.toFixed(1)}`;
  }
  if (watch.brightness !== null && brightness < watch.brightness) {
    return `expected a brightness of at least ${watch.brightness}, found ${brightness.toFixed(1)}: covered, or dark`;
  }
  return undefined;
}
