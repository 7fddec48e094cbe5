import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FirstOrderPlant } from "../../../drivers/mock/first-order-plant.ts";
import { makeBus } from "../../../drivers/mock/make-bus.ts";
import { hasSocat, servePty } from "../../../drivers/mock/serve-pty.ts";
import { serveTcp } from "../../../drivers/mock/serve-tcp.ts";
import { DevicePort } from "../../../drivers/serial/device-port.ts";
import { FeetechBus } from "../../../drivers/serial/feetech/feetech-bus.ts";
import { Line } from "../../../drivers/serial/line.ts";
import type { Port } from "../../../drivers/serial/port.ts";
import { latencyAdvice, type SystemFiles, serialDevices, tellPortError } from "../../../drivers/serial/port-advice.ts";
import { portCalled } from "../../../drivers/serial/port-called.ts";
import { TcpPort } from "../../../drivers/serial/tcp-port.ts";
import { realTimers } from "../../../drivers/serial/timers.ts";
import { row } from "../mock/bus-of.ts";

function system(files: Readonly<Record<string, string>>, links: Readonly<Record<string, string>> = {}): SystemFiles {
  const all = [...Object.keys(files), ...Object.keys(links)];
  return {
    list: (path) => {
      const inside = all.filter((name) => name.startsWith(`${path}/`)).map((name) => name.slice(path.length + 1));
      return [...new Set(inside.map((name) => name.split("/")[0]!))];
    },
    read: (path) => files[path],
    link: (path) => links[path],
  };
}

describe("what a port that does not open says", () => {
  test("missing: which devices there are", () => {
    const some = system({ "/dev/ttyACM0": "", "/dev/null": "" });
    expect(
      tellPortError("/dev/ttyUSB0", "Error: No such file or directory, cannot open /dev/ttyUSB0", some).message,
    ).toBe("/dev/ttyUSB0: no such device; there are /dev/ttyACM0; check the cable and the adapter's power");
    expect(tellPortError("/dev/ttyUSB0", "ENOENT", system({})).message).toMatch(/no serial device at all/);
  });

  test("not allowed: the group to join", () => {
    const { message } = tellPortError("/dev/ttyUSB0", "Error: Permission denied, cannot open /dev/ttyUSB0", system({}));
    expect(message).toMatch(/sudo usermod -aG dialout \$USER, then log in anew/);
  });

  test("busy: who holds it, also through a link", () => {
    const held = system(
      { "/proc/77/comm": "ModemManager\n", "/proc/8/comm": "bash\n" },
      { "/proc/77/fd/3": "/dev/ttyUSB0", "/proc/8/fd/0": "/dev/pts/0", "/dev/arm": "ttyUSB0" },
    );
    for (const name of ["/dev/ttyUSB0", "/dev/arm"]) {
      expect(tellPortError(name, "Error Resource temporarily unavailable Cannot lock port", held).message).toMatch(
        /in use by another process, held by ModemManager \(77\); end it first/,
      );
    }
    expect(tellPortError("/dev/ttyUSB0", "EBUSY", system({})).message).toMatch(/see who with: fuser -v \/dev\/ttyUSB0/);
  });

  test("names that survive a replug are preferred in the list", () => {
    const both = system({ "/dev/ttyUSB0": "", "/dev/serial/by-id/usb-FTDI_A1-port0": "" });
    expect(serialDevices(both)).toEqual(["/dev/serial/by-id/usb-FTDI_A1-port0"]);
  });
});

test("an adapter that keeps bytes back for 16 ms is told of, with the command", () => {
  const file = "/sys/bus/usb-serial/devices/ttyUSB0/latency_timer";
  const links = { "/dev/serial/by-id/arm": "../../ttyUSB0" };
  for (const name of ["/dev/ttyUSB0", "/dev/serial/by-id/arm"]) {
    expect(latencyAdvice(name, system({ [file]: "16\n" }, links))).toBe(
      `${name}: its adapter keeps replies back for 16 ms; make that 1 ms with: echo 1 | sudo tee ${file}`,
    );
  }
  expect(latencyAdvice("/dev/ttyUSB0", system({ [file]: "1\n" }))).toBeUndefined();
  expect(latencyAdvice("/dev/ttyACM0", system({}))).toBeUndefined();
});

test("a port is called by its device or by host and port, and nothing else", () => {
  expect(portCalled("/dev/ttyUSB0", 1_000_000)).toBeInstanceOf(DevicePort);
  expect(portCalled("tcp://10.0.0.5:2000", 1_000_000).name).toBe("tcp://10.0.0.5:2000");
  expect(portCalled("tcp://[::1]:2000", 1_000_000)).toBeInstanceOf(TcpPort);
  for (const name of ["tcp://host", "tcp://host:0", "tcp://host:99999", "tcp://:3", ""]) {
    expect(() => portCalled(name, 1_000_000)).toThrow(/expected/);
  }
  expect(() => portCalled("/dev/ttyUSB0", Number.NaN)).toThrow(/expected a baud rate above 0, found NaN/);
});

const native = await import("serialport").then(
  () => true,
  () => false,
);
const terminals = native && (await hasSocat());

/** A Feetech bus of two servos through `port`, read once. */
async function readThrough(port: Port): Promise<number> {
  const bus = new FeetechBus(new Line(port, { slackMs: 500 }), "sts");
  await bus.open();
  try {
    expect((await bus.ping(2))?.model).toBe(777);
    return (await bus.read(2, 63, 1))[0]!;
  } finally {
    await bus.close();
  }
}

const emulated = () => makeBus("sts", row(2), { plant: new FirstOrderPlant([0, 0]), timers: realTimers });

describe("TCP", () => {
  test("a serial server carries the bus", async () => {
    const served = await serveTcp(emulated());
    expect(await readThrough(portCalled(served.address, 1_000_000))).toBe(30);
    await served.close();
  });

  test("nobody there is said with the address", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const tcp = new TcpPort("127.0.0.1", port, 1_000_000);
    await expect(tcp.open({ onBytes: () => {}, onLost: () => {} })).rejects.toThrow(
      `tcp://127.0.0.1:${port}: no connection: ECONNREFUSED; is the serial server running`,
    );
    await tcp.close();
  });

  test("a server that ends the connection is a loss, once, and closing it oneself is none", async () => {
    const bus = emulated();
    const served = await serveTcp(bus);
    const lost: string[] = [];
    const handlers = { onBytes: () => {}, onLost: (reason: Error) => lost.push(reason.message) };
    const port = new TcpPort("127.0.0.1", served.port, 1_000_000);
    await port.open(handlers);
    await port.close();
    await port.open(handlers);
    await new Promise((resolve) => setTimeout(resolve, 20));
    bus.onPlug(false);
    await expect.poll(() => lost, { timeout: 2000 }).toHaveLength(1);
    await served.close();
    expect(lost[0]).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+: /);
  });
});

describe("a serial device", () => {
  test.runIf(native)("that is missing is told as such", async () => {
    const port = new DevicePort("/dev/reverie-none", 1_000_000);
    await expect(port.open({ onBytes: () => {}, onLost: () => {} })).rejects.toThrow(/reverie-none: no such device;/);
    await port.close();
  });

  test.runIf(terminals)("carries the bus, is locked while open, and its loss is told", async () => {
    const bus = emulated();
    const served = await servePty(bus, join(tmpdir(), `reverie-pty-${process.pid}`));
    const port = new DevicePort(served.path, 1_000_000);
    expect(await readThrough(port)).toBe(30);

    const lost: Error[] = [];
    await port.open({ onBytes: () => {}, onLost: (reason) => lost.push(reason) });
    await port.setBaud(500_000);
    const second = new DevicePort(served.path, 1_000_000);
    await expect(second.open({ onBytes: () => {}, onLost: () => {} })).rejects.toThrow(/in use by another process/);
    bus.onPlug(false);
    await expect
      .poll(
        () => {
          port.write(Uint8Array.of(1)); // a device that is gone is noticed by writing only
          return lost.length;
        },
        { timeout: 3000 },
      )
      .toBe(1);
    await port.close();
    await served.close();
  });
});
