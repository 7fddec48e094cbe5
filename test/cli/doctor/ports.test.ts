import { expect, test } from "vitest";
import { checkPorts } from "../../../runtime/cli/doctor/ports.ts";
import { type Fake, fakeSystem } from "./fake-system.ts";

const USB = { folders: { "/dev": ["ttyUSB0", "tty1"] } };
const SERIAL = { driver: "serial", port: "" };
const at = (port: string) => ({ driver: "serial", port });

test("no device is a note where none is needed, and a failure for a robot on a bus", () => {
  expect(checkPorts(fakeSystem(), { driver: "sim", port: "" })[0]!.verdict).toBe("note");
  const [finding] = checkPorts(fakeSystem(), SERIAL);
  expect(finding).toMatchObject({ verdict: "fail", found: "none" });
  expect(finding!.fix).toMatch(/by-id/);
});

test("a device that is free and permitted passes", () => {
  expect(checkPorts(fakeSystem(USB), SERIAL)).toMatchObject([{ verdict: "pass", what: "/dev/ttyUSB0" }]);
});

test("a device that was named and is not there fails, with those that are", () => {
  const [finding] = checkPorts(fakeSystem(USB), at("/dev/ttyACM3"));
  expect(finding!.verdict).toBe("fail");
  expect(finding!.found).toContain("there are /dev/ttyUSB0");
});

const HELD: Fake = {
  folders: { ...USB.folders, "/proc": ["77"], "/proc/77/fd": ["5"] },
  links: { "/proc/77/fd/5": "/dev/ttyUSB0" },
  files: { "/proc/77/comm": "ModemManager\n" },
};
const SLOW: Fake = { ...USB, files: { "/sys/bus/usb-serial/devices/ttyUSB0/latency_timer": "16\n" } };

test.each<{ is: string; has: Fake; verdict: string; found: RegExp; fix: RegExp }>([
  {
    is: "refused",
    has: { ...USB, refused: ["/dev/ttyUSB0"], over: { groupOf: () => "uucp" } },
    verdict: "fail",
    found: /may not open it; its group is uucp/,
    fix: /^sudo usermod -aG uucp ada/,
  },
  { is: "held", has: HELD, verdict: "fail", found: /in use by ModemManager \(77\)/, fix: /disable --now ModemManager/ },
  {
    is: "slow",
    has: SLOW,
    verdict: "warn",
    found: /keeps replies back for 16 ms/,
    fix: /^echo 1 \| sudo tee .*ttyUSB0/,
  },
])("a device that is $is is told of with what mends it", ({ has, verdict, found, fix }) => {
  const [finding] = checkPorts(fakeSystem(has), at("/dev/ttyUSB0"));
  expect(finding!.verdict).toBe(verdict);
  expect(finding!.found).toMatch(found);
  expect(finding!.fix).toMatch(fix);
});

test("a device nobody named does not fail the computer", () => {
  expect(checkPorts(fakeSystem(HELD), { driver: "sim", port: "" })[0]!.verdict).toBe("warn");
});
