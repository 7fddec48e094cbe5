import { type Finding, missing, note, pass, warn } from "./finding.ts";
import type { Need } from "./need.ts";
import type { System } from "./system.ts";
import type { Thresholds } from "./thresholds.ts";

type Looks = Pick<System, "list" | "read" | "access" | "groupOf" | "user" | "run">;

/** Every Video4Linux camera for a second through ffmpeg, for the rate that really comes. Robots that see with `needed`. */
export async function checkCameras(
  system: Looks,
  need: Pick<Need, "driver" | "robot">,
  thresholds: Pick<Thresholds, "camera" | "askMs">,
): Promise<Finding[]> {
  const seen = need.robot?.spec.images ?? [];
  const needed = need.driver === "serial" && seen.length > 0;
  const devices = system
    .list("/dev")
    .filter((name) => /^video\d+$/.test(name))
    .filter((name) => Number(system.read(`/sys/class/video4linux/${name}/index`) ?? 0) === 0) // others carry metadata
    .sort((a, b) => Number(a.slice(5)) - Number(b.slice(5)));
  if (devices.length === 0) {
    const wants = needed ? `, and the robot has ${seen.map(({ name }) => name).join(", ")}` : "";
    return [missing(needed, "cameras", `none${wants}`, needed ? "plug it in, then: ls -l /dev/v4l/by-id" : undefined)];
  }
  return Promise.all(devices.map((name) => checkCamera(system, name, thresholds)));
}

async function checkCamera(
  system: Looks,
  name: string,
  { camera, askMs }: Pick<Thresholds, "camera" | "askMs">,
): Promise<Finding> {
  const path = `/dev/${name}`;
  const model = system.read(`/sys/class/video4linux/${name}/name`)?.trim() ?? "a camera";
  if (system.access(path) === "no") {
    const fix = `sudo usermod -aG ${system.groupOf(path) ?? "video"} ${system.user}, then log in anew`;
    return warn(path, `${model}; this user may not open it`, fix);
  }
  const length = ["-t", String(camera.seconds)];
  const args = ["-hide_banner", "-loglevel", "error", "-nostdin", "-f", "v4l2", "-i", path, ...length];
  const ran = await system.run("ffmpeg", [...args, "-map", "0:v:0", "-c", "copy", "-f", "framecrc", "pipe:1"], askMs);
  if (ran === undefined) return note(path, `${model}; its rate was not tried: no ffmpeg`, "sudo apt install ffmpeg");
  const times = frameTimes(ran.stdout);
  if (times.length < 2) {
    const why = ran.stderr.trim().split("\n").at(-1) || "no pictures came";
    const busy = /busy/i.test(why) ? `see who has it: fuser -v ${path}` : `v4l2-ctl --list-formats-ext -d ${path}`;
    return warn(path, `${model}; ${why}`, busy);
  }
  const mean = (times.at(-1)! - times[0]!) / (times.length - 1);
  const longest = Math.max(...times.slice(1).map((time, i) => time - times[i]!));
  const found = `${model}, ${(1 / mean).toFixed(1)} frames/s, longest gap ${(1000 * longest).toFixed(0)} ms`;
  if (longest <= camera.gapTimes * mean) return pass(path, found);
  return warn(
    path,
    found,
    "a slow USB hub, or an exposure that follows the light: v4l2-ctl -d … -c exposure_dynamic_framerate=0",
  );
}

/** Presentation times, s, of ffmpeg's framecrc: "#tb 0: 1/1000000", then "0, dts, pts, …" a frame. */
export function frameTimes(text: string): number[] {
  const [, over = "1", under = "1"] = /^#tb 0: (\d+)\/(\d+)/m.exec(text) ?? [];
  return [...text.matchAll(/^0,\s*-?\d+,\s*(-?\d+),/gm)].map(([, pts]) => (Number(pts) * Number(over)) / Number(under));
}
