import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** What of the system is looked at; a test has its own. */
export interface SystemFiles {
  /** Names in a folder; empty when it cannot be read. */
  list(path: string): readonly string[];
  /** undefined when it cannot be read. */
  read(path: string): string | undefined;
  /** Where a link points; undefined when it is none. */
  link(path: string): string | undefined;
}

export const thisSystem: SystemFiles = {
  list: (path) => attempt(() => readdirSync(path)) ?? [],
  read: (path) => attempt(() => readFileSync(path, "utf8")),
  link: (path) => attempt(() => readlinkSync(path)),
};

/** A person's words for why a port did not open, and what to do about it. */
export function tellPortError(path: string, message: string, system: SystemFiles): Error {
  if (/ENOENT|No such file|cannot open .*: 2\b/i.test(message)) {
    const there = serialDevices(system);
    const found = there.length > 0 ? `there are ${there.join(", ")}` : "there is no serial device at all";
    return new Error(`${path}: no such device; ${found}; check the cable and the adapter's power`);
  }
  if (/EACCES|Permission denied/i.test(message)) {
    return new Error(
      `${path}: not allowed to open it; join the group that may: sudo usermod -aG dialout $USER, then log in anew`,
    );
  }
  if (/EBUSY|Resource busy|Cannot lock port|Resource temporarily unavailable/i.test(message)) {
    const holders = portHolders(path, system);
    const who = holders.length > 0 ? `held by ${holders.join(", ")}` : `see who with: fuser -v ${path}`;
    return new Error(`${path}: in use by another process, ${who}; end it first (ModemManager is a common one)`);
  }
  return new Error(`${path}: ${message}`);
}

/** Processes that have a file open, as far as this user may see: "arm-test (1234)". */
export function portHolders(path: string, system: SystemFiles): readonly string[] {
  const target = resolveLink(path, system);
  const holders: string[] = [];
  for (const pid of system.list("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    const folder = `/proc/${pid}/fd`;
    if (!system.list(folder).some((fd) => system.link(join(folder, fd)) === target)) continue;
    holders.push(`${system.read(`/proc/${pid}/comm`)?.trim() ?? "process"} (${pid})`);
  }
  return holders;
}

/** Serial devices that a servo adapter may be, by name. Does not ask udev, which is not everywhere. */
export function serialDevices(system: SystemFiles): readonly string[] {
  const byId = system.list("/dev/serial/by-id").map((name) => `/dev/serial/by-id/${name}`);
  const plain = system.list("/dev").filter((name) => /^(ttyUSB|ttyACM|tty\.usb|cu\.usb)/.test(name));
  return byId.length > 0 ? byId : plain.map((name) => `/dev/${name}`);
}

/**
 * FTDI adapters keep bytes back for their latency timer, 16 ms from the factory, which makes every reply that late. What to
 * do about it, or undefined when there is nothing to do. A timer that cannot be read is none.
 */
export function latencyAdvice(path: string, system: SystemFiles): string | undefined {
  const device = resolveLink(path, system).split("/").at(-1)!;
  const file = `/sys/bus/usb-serial/devices/${device}/latency_timer`;
  const ms = Number(system.read(file)?.trim() ?? Number.NaN);
  if (!(ms > 1)) return undefined;
  return `${path}: its adapter keeps replies back for ${ms} ms; make that 1 ms with: echo 1 | sudo tee ${file}`;
}

function resolveLink(path: string, system: SystemFiles): string {
  const to = system.link(path);
  if (to === undefined) return path;
  return to.startsWith("/") ? to : join(path, "..", to);
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
