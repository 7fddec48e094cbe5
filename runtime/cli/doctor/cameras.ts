import { type Finding, fail, missing, note, pass, warn } from "./finding.ts";
import type { Need, NeededCamera } from "./need.ts";
import type { System } from "./system.ts";
import type { Thresholds } from "./thresholds.ts";

type Looks = Pick<System, "list" | "read" | "access" | "groupOf" | "user" | "run">;

/**
 * The robot's own cameras or, where it has none, every one of Video4Linux, each for a second through ffmpeg, for the rate that
 * really comes.
 */
export async function checkCameras(
  system: Looks,
  { cameras }: Pick<Need, "cameras">,
  thresholds: Pick<Thresholds, "camera" | "askMs">,
): Promise<Finding[]> {
  if (cameras.length > 0) return Promise.all(cameras.map((camera) => checkOwn(system, camera, thresholds)));
  const devices = system
    .list("/dev")
    .filter((name) => /^video\d+$/.test(name))
    .filter((name) => Number(system.read(`/sys/class/video4linux/${name}/index`) ?? 0) === 0) // others carry metadata
    .sort((a, b) => Number(a.slice(5)) - Number(b.slice(5)));
  if (devices.length === 0) return [note("cameras", "none")];
  return Promise.all(
    devices.map((name) => {
      const model = system.read(`/sys/class/video4linux/${name}/name`)?.trim() ?? "a camera";
      return checkRate(
        system,
        { what: `/dev/${name}`, model, input: ["-f", "v4l2"], place: `/dev/${name}` },
        thresholds,
      );
    }),
  );
}

/** One that a run of the robot would have. */
async function checkOwn(
  system: Looks,
  { name, from, at, least }: NeededCamera,
  thresholds: Pick<Thresholds, "camera" | "askMs">,
): Promise<Finding> {
  const what = `${name}: ${at || from}`;
  const looked = { what, model: `the robot's, by ${from}`, place: at, least };
  switch (from) {
    case "device":
      if (system.access(at) === "missing")
        return fail(what, "no such device", "plug it in, then: ls -l /dev/v4l/by-id");
      return checkRate(system, { ...looked, input: ["-f", "v4l2"] }, thresholds);
    case "url":
    case "video":
      return checkRate(system, { ...looked, input: [] }, thresholds);
    case "pictures": {
      const count = system.list(at).filter((file) => /\.(ppm|pgm|png)$/.test(file)).length;
      return count > 0 ? pass(what, `${count} pictures`) : fail(what, "no .ppm, .pgm or .png files there");
    }
    case "topic":
      return note(what, "not looked at: ros2 topic hz says its rate");
    default:
      return pass(what, "drawn where the robot runs");
  }
}

interface Looked {
  readonly what: string;
  readonly model: string;
  /** What ffmpeg is told before `place`. */
  readonly input: readonly string[];
  readonly place: string;
  /** Frames a second that the robot asks for; null: any; undefined: no robot does. */
  readonly least?: number | null;
}

async function checkRate(
  system: Looks,
  { what, model, input, place: path, least }: Looked,
  { camera, askMs }: Pick<Thresholds, "camera" | "askMs">,
): Promise<Finding> {
  const bad = least === undefined ? warn : fail;
  if (input.length > 0 && system.access(path) === "no") {
    const fix = `sudo usermod -aG ${system.groupOf(path) ?? "video"} ${system.user}, then log in anew`;
    return bad(what, `${model}; this user may not open it`, fix);
  }
  const length = ["-t", String(camera.seconds)];
  const args = ["-hide_banner", "-loglevel", "error", "-nostdin", ...input, "-i", path, ...length];
  const ran = await system.run("ffmpeg", [...args, "-map", "0:v:0", "-c", "copy", "-f", "framecrc", "pipe:1"], askMs);
  if (ran === undefined) {
    return missing(least !== undefined, what, `${model}; its rate was not tried: no ffmpeg`, "sudo apt install ffmpeg");
  }
  const times = frameTimes(ran.stdout);
  if (times.length < 2) {
    const why = ran.stderr.trim().split("\n").at(-1) || "no pictures came";
    const busy = /busy/i.test(why) ? `see who has it: fuser -v ${path}` : `v4l2-ctl --list-formats-ext -d ${path}`;
    return bad(what, `${model}; ${why}`, input.length > 0 ? busy : "is the address right, and does it answer?");
  }
  const mean = (times.at(-1)! - times[0]!) / (times.length - 1);
  const longest = Math.max(...times.slice(1).map((time, i) => time - times[i]!));
  const found = `${model}, ${(1 / mean).toFixed(1)} frames/s, longest gap ${(1000 * longest).toFixed(0)} ms`;
  if (least !== undefined && least !== null && 1 / mean < least) {
    return fail(what, `${found}; the robot asks for ${least}`, "more light, or a smaller picture: --camera.….width");
  }
  if (longest <= camera.gapTimes * mean) return pass(what, found);
  return warn(
    what,
    found,
    "a slow USB hub, or an exposure that follows the light: v4l2-ctl -d … -c exposure_dynamic_framerate=0",
  );
}

/** Presentation times, s, of ffmpeg's framecrc: "#tb 0: 1/1000000", then "0, dts, pts, …" a frame. */
export function frameTimes(text: string): number[] {
  const [, over = "1", under = "1"] = /^#tb 0: (\d+)\/(\d+)/m.exec(text) ?? [];
  return [...text.matchAll(/^0,\s*-?\d+,\s*(-?\d+),/gm)].map(([, pts]) => (Number(pts) * Number(over)) / Number(under));
}
