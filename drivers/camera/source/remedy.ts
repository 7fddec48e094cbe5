import type { FfmpegInput } from "../settings.ts";

/** By what ffmpeg, the system or Node says. */
const REMEDIES: readonly (readonly [says: RegExp, device: boolean, what: string])[] = [
  [/no such program/, false, "install it, as with: sudo apt install ffmpeg"],
  [/No such (file or directory|device)|I\/O error|Input\/output/i, true, "is it plugged in? ls -l /dev/v4l/by-id"],
  [/Permission denied/i, true, 'may this user see it? sudo usermod -aG video "$USER", then log in anew'],
  [/resource busy/i, true, "another program has it: fuser -v DEVICE"],
  [
    /Invalid argument|Inappropriate ioctl|not supported|no pixel format/i,
    true,
    "can it do that? v4l2-ctl --list-formats-ext -d DEVICE",
  ],
  [/Connection refused|timed out|No route|404|401|403/i, false, "is the address right, and does the camera answer?"],
];

/** What a person can do about it, after a semicolon; empty where nothing is known. */
export function remedy(why: string, input: FfmpegInput): string {
  const device = input.from === "v4l2" ? input.device : undefined;
  const found = REMEDIES.find(([says, needsDevice]) => says.test(why) && (!needsDevice || device !== undefined));
  return found === undefined ? "" : `; ${found[2].replace("DEVICE", device ?? "")}`;
}
