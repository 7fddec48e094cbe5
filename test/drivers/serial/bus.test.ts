import { afterEach, describe, expect, test } from "vitest";
import type { ServoKind } from "../../../drivers/mock/make-bus.ts";
import type { DynamixelBus } from "../../../drivers/serial/dynamixel/dynamixel-bus.ts";
import { DYNAMIXEL_X } from "../../../drivers/serial/dynamixel/family.ts";
import { X } from "../../../drivers/serial/dynamixel/registers.ts";
import { FEETECH_SCS, FEETECH_STS } from "../../../drivers/serial/feetech/family.ts";
import { FeetechBus } from "../../../drivers/serial/feetech/feetech-bus.ts";
import { STS } from "../../../drivers/serial/feetech/registers.ts";
import { scan, scanBauds } from "../../../drivers/serial/scan.ts";
import { type ServoBus, syncReplies } from "../../../drivers/serial/servo-bus.ts";
import type { ServoFamily } from "../../../drivers/serial/servo-family.ts";
import { type BusOfOptions, type BusUnderTest, busOf, row } from "../mock/bus-of.ts";

const KINDS: readonly (readonly [ServoKind, ServoFamily])[] = [
  ["sts", FEETECH_STS],
  ["scs", FEETECH_SCS],
  ["dynamixel", DYNAMIXEL_X],
];

const middle = (kind: ServoKind): number => (kind === "scs" ? 512 : 2048);

const open: ServoBus[] = [];
afterEach(async () => {
  for (const bus of open.splice(0)) await bus.close();
});

async function opened(kind: ServoKind, servos: number, options: BusOfOptions = {}): Promise<BusUnderTest> {
  const under = busOf(kind, row(servos, middle(kind)), options);
  await under.bus.open();
  open.push(under.bus);
  return under;
}

describe.each(KINDS)("%s", (kind, family) => {
  const { presentPosition, presentTemperature, torque, goalPosition } = family.registers;

  test("a scan finds who is there, with model and firmware, and does not take silence for a lost bus", async () => {
    const { bus } = await opened(kind, 3, { line: { lostAfter: 3, slackMs: 1 } });
    const found = await scan(bus, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(found.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(family.models[found[0]!.model]).toBeDefined();
    expect(bus.line.state).toBe("open");
  });

  test("a written register is read back, and reaches the motor", async () => {
    const { bus, emulated } = await opened(kind, 2);
    const goal = family.order === "little" ? [0x20, 0x03] : [0x03, 0x20];
    const bytes = Uint8Array.from(goalPosition!.size === 4 ? [...goal, 0, 0] : goal);
    await bus.write(2, goalPosition!.address, bytes);
    await bus.write(2, torque!.address, Uint8Array.of(1));
    expect(await bus.read(2, goalPosition!.address, bytes.length)).toEqual(bytes);
    expect(emulated.servos[1]!.get(goalPosition!)).toBe(800);
    expect(emulated.targets()[0]).toBeUndefined();
    expect(emulated.targets()[1]).toBeCloseTo(((800 - middle(kind)) * 2 * Math.PI) / family.countsPerTurn, 6);
  });

  test("a sync read gives each servo's own bytes, and leaves those of the silent as they were", async () => {
    const { bus, emulated } = await opened(kind, 4, { emulation: { faults: [{ kind: "dead", servo: 3 }] } });
    for (const [i, servo] of emulated.servos.entries()) servo.set(family.registers.maxTemperature!, 40 + i);
    const replies = syncReplies(4, 1);
    replies.data.fill(9);
    await bus.syncRead([1, 2, 3, 4], family.registers.maxTemperature!.address, 1, replies);
    expect([...replies.data]).toEqual([40, 41, 9, 43]);
    expect([...replies.fresh]).toEqual([1, 1, 0, 1]);
    expect(bus.counts.of(3).timeouts).toBe(1);
    expect(bus.counts.of(4).timeouts).toBe(0);
  });

  test("a sync write reaches every servo", async () => {
    const { bus, emulated } = await opened(kind, 3);
    await bus.syncWrite([1, 2, 3], torque!.address, 1, Uint8Array.of(1, 0, 1));
    expect(emulated.servos.map((servo) => servo.get(torque!))).toEqual([1, 0, 1]);
  });

  test("a damaged or missing answer is asked for again, and counted", async () => {
    const faults = [
      { kind: "corrupt", share: 0.2 },
      { kind: "drop", share: 0.1 },
    ] as const;
    const { bus } = await opened(kind, 1, { emulation: { faults, seed: 3 }, settings: { retries: 8 } });
    for (let i = 0; i < 100; i++) {
      expect(await bus.read(1, presentTemperature!.address, 1)).toEqual(Uint8Array.of(30));
    }
    const { retries, corrupt, timeouts } = bus.counts.of(1);
    expect(retries).toBeGreaterThan(20);
    expect(timeouts).toBe(retries);
    expect(corrupt).toBeGreaterThan(5);
  });

  test("a servo that is silent in every try is named with the register, and what to check", async () => {
    const { bus } = await opened(kind, 1, { settings: { retries: 2 } });
    const address = presentPosition!.address;
    await expect(bus.read(7, address, 2)).rejects.toThrow(
      `servo 7 on emulated: no valid reply to a read of ${address}…${address + 1} in 3 tries; check its cable`,
    );
  });

  test("an adapter that hears itself is found out, and its echo taken off", async () => {
    const { bus } = await opened(kind, 3, { emulation: { echo: true }, line: { echo: "auto" } });
    expect((await scan(bus, [1, 2, 3, 4])).map(({ id }) => id)).toEqual([1, 2, 3]);
    const replies = syncReplies(3, 1);
    await bus.syncRead([1, 2, 3], presentTemperature!.address, 1, replies);
    await bus.syncWrite([1, 2, 3], torque!.address, 1, Uint8Array.of(0, 0, 0));
    await bus.syncRead([1, 2, 3], presentTemperature!.address, 1, replies);
    expect([...replies.data]).toEqual([30, 30, 30]);
    expect(bus.line.counts.timeouts).toBe(1); // of the scan
  });

  test("servos at another speed are found by trying the speeds", async () => {
    const { bus, emulated } = await opened(kind, 2, { line: { slackMs: 1 } });
    const [slow] = family.bauds.slice(-1);
    emulated.servos[1]!.save(family.baud, family.bauds.length - 1);
    const found = await scanBauds(bus, [1_000_000, slow!], [1, 2]);
    expect(found.map(({ id, baud }) => [id, baud])).toEqual([
      [1, 1_000_000],
      [2, slow],
    ]);
  });

  test("answers that come late and answers that come twice are never taken for another servo's", async () => {
    const faults = [
      { kind: "duplicate", share: 0.3 },
      { kind: "delay", share: 0.1, ms: 4 },
      { kind: "drop", share: 0.1 },
    ] as const;
    const { bus, emulated } = await opened(kind, 3, { emulation: { faults, seed: 5 }, line: { lostAfter: 100 } });
    for (const [i, servo] of emulated.servos.entries()) servo.set(family.registers.maxTemperature!, 40 + i);
    const replies = syncReplies(3, 1);
    for (let i = 0; i < 100; i++) {
      await bus.syncRead([1, 2, 3], family.registers.maxTemperature!.address, 1, replies);
      for (let k = 0; k < 3; k++) if (replies.fresh[k] === 1) expect(replies.data[k]).toBe(40 + k);
    }
    if (kind !== "scs") expect(bus.counts.of(1).duplicates).toBeGreaterThan(0); // which reads one servo after the other
  });
});

describe("a bus that goes away", () => {
  test("is lost after so many silent exchanges, answers at once from then on, and is found again", async () => {
    const faults = [{ kind: "unplug", from: 0, for: 0.15 }] as const;
    const { bus } = await opened("sts", 2, {
      emulation: { faults },
      line: { lostAfter: 3 },
      settings: { retries: 0 },
    });
    const states: string[] = [];
    bus.line.onState = (state, reason) => states.push(`${state}: ${reason}`);
    for (let i = 0; i < 3; i++) await expect(bus.read(1, 56, 2)).rejects.toThrow();
    await expect(bus.read(1, 56, 2)).rejects.toThrow(/the bus is lost; check its cable/);
    expect(states[0]).toBe("lost: no valid reply to 3 requests in a row");
    await expect.poll(() => bus.read(1, 56, 2).catch(() => undefined), { timeout: 2000 }).toBeDefined();
    expect(states).toContain("open: opened again");
  });

  test("is lost at once when the port says so, and opened again when the device is back", async () => {
    const faults = [{ kind: "unplug", from: 0.3, for: 0.1, reported: true }] as const;
    const { bus } = await opened("dynamixel", 2, { emulation: { faults } });
    const states: string[] = [];
    bus.line.onState = (state) => states.push(state);
    expect(await bus.ping(1)).toBeDefined();
    await expect.poll(() => states, { timeout: 4000 }).toEqual(["lost", "open"]);
    expect(await bus.ping(1)).toBeDefined();
  });

  test("closing while it is lost ends the attempts to open it", async () => {
    const { bus, port } = await opened("sts", 1);
    port.plugged = false;
    port.lose(new Error("gone"));
    expect(bus.line.state).toBe("lost");
    await bus.close();
    port.plugged = true;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(bus.line.state).toBe("closed");
  });
});

describe("Feetech alone", () => {
  test("registered writes wait for the action", async () => {
    const { bus, emulated } = await opened("sts", 2);
    const feetech = bus as FeetechBus;
    expect(feetech).toBeInstanceOf(FeetechBus);
    for (const id of [1, 2]) await feetech.regWrite(id, STS.torqueLimit.address, Uint8Array.of(0xf4, 1));
    expect(emulated.servos[0]!.get(STS.torqueLimit)).toBe(1000);
    await feetech.action();
    expect(emulated.servos.map((servo) => servo.get(STS.torqueLimit))).toEqual([500, 500]);
  });

  test("two servos with one id spoil each other's answers instead of giving one of both", async () => {
    const faults = [{ kind: "wrong-id", servo: 2, id: 1 }] as const;
    const { bus, emulated } = await opened("sts", 2, { emulation: { faults }, settings: { retries: 1 } });
    emulated.servos[1]!.set(STS.pGain, 17);
    await expect(bus.read(1, STS.pGain.address, 1)).rejects.toThrow(/servo 1/);
  });
});

describe("Dynamixel alone", () => {
  const asDynamixel = (bus: ServoBus): DynamixelBus => bus as DynamixelBus;

  test("a fast sync read gives the same as a sync read", async () => {
    const plain = await opened("dynamixel", 3);
    const fast = await opened("dynamixel", 3, { settings: { fastSyncRead: true } });
    const [one, other] = [syncReplies(3, 10), syncReplies(3, 10)];
    for (const { emulated } of [plain, fast]) {
      for (const [i, servo] of emulated.servos.entries()) servo.set(X.homingOffset, 100 * i);
    }
    await plain.bus.syncRead([1, 2, 3], 126, 10, one);
    await fast.bus.syncRead([1, 2, 3], 126, 10, other);
    expect(other).toEqual(one);
    expect(fast.bus.line.counts.timeouts).toBe(0);
  });

  test.each([false, true])("a bulk read gives each servo's own register (fast: %s)", async (fastSyncRead) => {
    const { bus, emulated } = await opened("dynamixel", 3, { settings: { fastSyncRead } });
    emulated.servos[1]!.set(X.positionPGain, 640);
    const items = [
      { id: 1, address: X.presentTemperature.address, size: 1 },
      { id: 2, address: X.positionPGain.address, size: 2 },
      { id: 3, address: X.maxPosition.address, size: 4 },
    ];
    const replies = { ...syncReplies(3, 0), data: new Uint8Array(7) };
    expect(await asDynamixel(bus).bulkRead(items, replies)).toBe(true);
    expect([...replies.data]).toEqual([30, 0x80, 2, 0xff, 0x0f, 0, 0]);
    expect([...replies.fresh]).toEqual([1, 1, 1]);
  });

  test("a bulk write writes each servo's own register", async () => {
    const { bus, emulated } = await opened("dynamixel", 2);
    await asDynamixel(bus).bulkWrite([
      { id: 1, address: X.led.address, data: Uint8Array.of(1) },
      { id: 2, address: X.positionPGain.address, data: Uint8Array.of(0x40, 2) },
    ]);
    expect(emulated.servos[0]!.get(X.led)).toBe(1);
    expect(emulated.servos[1]!.get(X.positionPGain)).toBe(576);
  });

  test("what a servo refuses is named with its reason", async () => {
    const { bus } = await opened("dynamixel", 1);
    await expect(bus.write(1, X.goalPosition.address, Uint8Array.of(0, 0x20, 0, 0))).rejects.toThrow(
      "servo 1 on emulated: refused a write of 116…119: a value is beyond a limit set in the servo",
    );
    await bus.write(1, X.torque.address, Uint8Array.of(1));
    await expect(bus.write(1, X.id.address, Uint8Array.of(5))).rejects.toThrow(/cannot be read or written now/);
  });

  test("a reboot clears a hardware error", async () => {
    const faults = [{ kind: "over-temperature", servo: 1, celsius: 90, for: 0.02 }] as const;
    const { bus } = await opened("dynamixel", 1, { emulation: { faults } });
    expect(await bus.read(1, X.hardwareError.address, 1)).toEqual(Uint8Array.of(4));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(await bus.read(1, X.hardwareError.address, 1)).toEqual(Uint8Array.of(4));
    await asDynamixel(bus).reboot(1);
    expect(await bus.read(1, X.hardwareError.address, 1)).toEqual(Uint8Array.of(0));
  });
});
