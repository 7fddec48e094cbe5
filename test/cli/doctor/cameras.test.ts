import { expect, test } from "vitest";
import { checkCameras, frameTimes } from "../../../runtime/cli/doctor/cameras.ts";
import type { NeededCamera } from "../../../runtime/cli/doctor/need.ts";
import { THRESHOLDS } from "../../../runtime/cli/doctor/thresholds.ts";
import { type Fake, fakeSystem, NOTHING } from "./fake-system.ts";

const CAMERA: Fake = {
  folders: { "/dev": ["video0", "video1"] },
  files: {
    "/sys/class/video4linux/video0/name": "HD Webcam\n",
    "/sys/class/video4linux/video0/index": "0\n",
    "/sys/class/video4linux/video1/index": "1\n", // metadata, no pictures
  },
};
/** As ffmpeg's framecrc writes it: frames at these times, ms. */
const crc = (times: readonly number[]) =>
  ["#tb 0: 1/1000000", ...times.map((ms) => `0, ${ms * 1000}, ${ms * 1000}, 33333, 4096, 0xdeadbeef`)].join("\n");
const even = crc(Array.from({ length: 30 }, (_, i) => 5000 + 40 * i));
const check = (has: Fake, need = NOTHING) => checkCameras(fakeSystem(has), need, THRESHOLDS);

const own = (camera: Partial<NeededCamera>) => ({
  ...NOTHING,
  cameras: [{ name: "wrist", from: "device", at: "/dev/video0", least: 20, ...camera } as NeededCamera],
});

test("none is a note for a robot that does not see, and a failure for one that does", async () => {
  expect((await check({}))[0]!.verdict).toBe("note");
  const [finding] = await check({}, own({}));
  expect(finding).toMatchObject({ verdict: "fail", what: "wrist: /dev/video0", found: "no such device" });
});

test("of a robot that sees its own cameras are looked at alone, and must give what it asks for", async () => {
  const has = { ...CAMERA, files: { ...CAMERA.files, "/dev/video0": "" }, programs: { ffmpeg: { stdout: even } } };
  const [fine, ...others] = await check(has, own({}));
  expect(fine).toMatchObject({ verdict: "pass", what: "wrist: /dev/video0" });
  expect(others).toEqual([]);
  const [slow] = await check(has, own({ least: 30 }));
  expect(slow).toMatchObject({ verdict: "fail" });
  expect(slow!.found).toMatch(/25.0 frames\/s.*; the robot asks for 30/);
  const [silent] = await check({ ...has, programs: { ffmpeg: {} } }, own({ from: "url", at: "rtsp://cam" }));
  expect(silent).toMatchObject({ verdict: "fail", what: "wrist: rtsp://cam" });
  expect(await check({}, own({ from: "sim", at: "" }))).toMatchObject([{ verdict: "pass", what: "wrist: sim" }]);
  expect(await check({}, own({ from: "pictures", at: "/none" }))).toMatchObject([{ verdict: "fail" }]);
});

test("a steady camera passes with the rate that really came; its metadata node is left out", async () => {
  const findings = await check({ ...CAMERA, programs: { ffmpeg: { stdout: even } } });
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ verdict: "pass", what: "/dev/video0" });
  expect(findings[0]!.found).toBe("HD Webcam, 25.0 frames/s, longest gap 40 ms");
});

test.each<{ is: string; has: Partial<Fake>; verdict: string; found: RegExp; fix: RegExp }>([
  {
    is: "with a gap",
    has: { programs: { ffmpeg: { stdout: crc([0, 40, 80, 120, 700, 740]) } } },
    verdict: "warn",
    found: /longest gap 580 ms/,
    fix: /USB/,
  },
  {
    is: "busy",
    has: { programs: { ffmpeg: { code: 1, stderr: "/dev/video0: Device or resource busy" } } },
    verdict: "warn",
    found: /resource busy/,
    fix: /fuser -v \/dev\/video0/,
  },
  { is: "silent", has: { programs: { ffmpeg: {} } }, verdict: "warn", found: /no pictures came/, fix: /list-formats/ },
  {
    is: "refused",
    has: { refused: ["/dev/video0"] },
    verdict: "warn",
    found: /may not open/,
    fix: /usermod -aG video ada/,
  },
  { is: "without ffmpeg", has: {}, verdict: "note", found: /not tried/, fix: /apt install ffmpeg/ },
])("a camera $is", async ({ has, verdict, found, fix }) => {
  const [finding] = await check({ ...CAMERA, ...has });
  expect(finding!.verdict).toBe(verdict);
  expect(finding!.found).toMatch(found);
  expect(finding!.fix).toMatch(fix);
});

test("times come in the unit of their stream, and comments are none", () => {
  expect(
    frameTimes("#software: Lavf\n#tb 0: 1/30\n0,          0,          3,        1,  10, 0x0\n0, 1, 6, 1, 10, 0x1"),
  ).toEqual([0.1, 0.2]);
});
