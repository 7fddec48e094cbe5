import { latencyAdvice, portHolders, serialDevices } from "../../../drivers/serial/port-advice.ts";
import { type Finding, fail, missing, note, pass, warn } from "./finding.ts";
import type { Need } from "./need.ts";
import type { System } from "./system.ts";

type Looks = Pick<System, "list" | "read" | "link" | "access" | "groupOf" | "user">;

/** Serial devices: there, permitted, free, and quick. The one that was named has to be. */
export function checkPorts(system: Looks, need: Pick<Need, "driver" | "port">): Finding[] {
  const { driver, port } = need;
  if (port.startsWith("tcp://")) return [note(port, "over the network: asked under servos")];
  const there = serialDevices(system);
  if (port === "") {
    if (there.length > 0) return there.flatMap((path) => checkPort(system, path, false));
    return [missing(driver === "serial", "serial devices", "none", "plug the adapter in, then: ls /dev/serial/by-id")];
  }
  if (system.access(port) === "missing") {
    const found = there.length > 0 ? `there are ${there.join(", ")}` : "there is no serial device at all";
    return [fail(port, `no such device; ${found}`, "check the cable and the adapter's power")];
  }
  return checkPort(system, port, true);
}

function checkPort(system: Looks, path: string, needed: boolean): Finding[] {
  const findings: Finding[] = [];
  const tell = needed ? fail : warn;
  if (system.access(path) === "no") {
    const group = system.groupOf(path) ?? "dialout";
    const fix = `sudo usermod -aG ${group} ${system.user}, then log in anew`;
    findings.push(tell(path, `this user may not open it; its group is ${group}`, fix));
  }
  const holders = portHolders(path, system);
  if (holders.length > 0) {
    const manager = holders.some((holder) => holder.startsWith("ModemManager"));
    const fix = manager ? "sudo systemctl disable --now ModemManager" : `end it first: fuser -v ${path}`;
    findings.push(tell(path, `in use by ${holders.join(", ")}`, fix));
  }
  const advice = latencyAdvice(path, system);
  if (advice !== undefined) {
    const [, found = advice, fix] = /: (.*); .* with: (.*)$/.exec(advice) ?? [];
    findings.push(warn(path, found, fix));
  }
  return findings.length > 0 ? findings : [pass(path, "may be opened, is free, keeps no replies back")];
}
