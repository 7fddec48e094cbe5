import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { chainSpec } from "../../../drivers/mock/chain.ts";
import type { EmulatedBus } from "../../../drivers/mock/emulated-bus.ts";
import type { Fault } from "../../../drivers/mock/faults.ts";
import type { ServoKind } from "../../../drivers/mock/make-bus.ts";
import { type ServedBus, serveTcp } from "../../../drivers/mock/serve-tcp.ts";
import { X } from "../../../drivers/serial/dynamixel/registers.ts";
import { STS } from "../../../drivers/serial/feetech/registers.ts";
import type { Port, PortHandlers } from "../../../drivers/serial/port.ts";
import type { ServoDriver } from "../../../drivers/serial/servo-driver.ts";
import { TcpPort } from "../../../drivers/serial/tcp-port.ts";
import type { JointCommand, RobotSpec } from "../../../runtime/robot.ts";
import { driverContract } from "../../contracts/driver.ts";
import { plugIn } from "../mock/bus-of.ts";
import { type DriverOfOptions, driverOf, emulatedChain, jointsOfChain, motorsOf } from "./chain.ts";

const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.each<readonly [ServoKind, number]>([
  ["sts", 6],
  ["sts", 12],
  ["scs", 3],
  ["dynamixel", 6],
  ["dynamixel", 12],
])("as a driver of %s, %i servos, in memory", (kind, n) => {
  driverContract(() => {
    const { emulated } = emulatedChain(kind, n);
    const { driver, spec } = driverOf(kind, n, plugIn(emulated));
    return { driver, spec, motors: () => motorsOf(emulated), pass };
  });
});

describe.each<readonly [ServoKind, number]>([
  ["sts", 6],
  ["dynamixel", 12],
])("as a driver of %s, %i servos, over TCP", (kind, n) => {
  let current: EmulatedBus;
  let served: ServedBus;
  beforeAll(async () => {
    // One server; whichever chain was made last is behind it.
    const front = emulatedChain(kind, n).emulated;
    served = await serveTcp(front);
    const { onBytes } = front;
    front.receive = (bytes) => {
      current.onBytes = onBytes;
      current.receive(bytes);
    };
  });
  afterAll(() => served.close());

  driverContract(() => {
    const { emulated } = emulatedChain(kind, n);
    current = emulated;
    const { driver, spec } = driverOf(
      kind,
      n,
      lazily(() => new TcpPort("127.0.0.1", served.port, 1_000_000)),
      {
        line: { slackMs: 20 },
      },
    );
    return { driver, spec, motors: () => motorsOf(emulated), pass };
  });
});

/** A port that is made when it is opened. */
function lazily(make: () => Port): Port {
  let port: Port | undefined;
  return {
    name: "lazy",
    baud: 1_000_000,
    open: (handlers: PortHandlers) => {
      port = make();
      return port.open(handlers);
    },
    write: (bytes) => port?.write(bytes),
    setBaud: async () => {},
    close: async () => port?.close(),
  };
}

const open: ServoDriver[] = [];
afterEach(async () => {
  for (const driver of open.splice(0)) await driver.close();
});

async function chain(kind: ServoKind, n: number, faults: readonly Fault[] = [], options: DriverOfOptions = {}) {
  const { emulated, plant } = emulatedChain(kind, n, { faults });
  const port = plugIn(emulated);
  const made = driverOf(kind, n, port, options);
  await made.driver.open();
  open.push(made.driver);
  return { ...made, emulated, plant, port };
}

function command(spec: RobotSpec, position: ArrayLike<number>): JointCommand {
  return {
    position: Float64Array.from(position),
    kp: Float64Array.from(spec.joints, ({ kp }) => kp),
    kd: Float64Array.from(spec.joints, ({ kd }) => kd),
  };
}

describe.each<ServoKind>(["sts", "scs", "dynamixel"])("%s", (kind) => {
  const count = kind === "scs" ? (300 / 360) * ((2 * Math.PI) / 1024) : (2 * Math.PI) / 4096;

  test("positions are the joints', whichever way and with whatever offset the servos are mounted", async () => {
    const { driver, plant } = await chain(kind, 4);
    for (const place of [-0.9, -0.2, 0, 0.35, 1.1]) {
      for (let i = 0; i < 4; i++) plant.place(i, place + 0.01 * i);
      await pass(90); // as long as such a way takes
      const { position } = await driver.read();
      for (let i = 0; i < 4; i++) expect(Math.abs(position[i]! - place - 0.01 * i)).toBeLessThanOrEqual(0.51 * count);
    }
  });

  test("a command moves the joints there, with velocity and effort of the right sign on the way", async () => {
    const { driver, spec } = await chain(kind, 4);
    await driver.read();
    const target = [0.8, -0.8, 0.8, -0.8];
    await driver.write(command(spec, target));
    await pass(30);
    await driver.read();
    await driver.write(command(spec, target));
    await pass(5);
    const { velocity, effort } = await driver.read();
    for (let i = 0; i < 4; i++) {
      expect(Math.sign(velocity[i]!)).toBe(Math.sign(target[i]!));
      expect(Math.sign(effort[i]!)).toBe(Math.sign(target[i]!));
    }
    await pass(400);
    const { position } = await driver.read();
    for (let i = 0; i < 4; i++) expect(position[i]).toBeCloseTo(target[i]!, 1);
  });

  test("a target beyond the calibrated range is sent as its end, and that is what write returns", async () => {
    const { driver, spec, emulated } = await chain(kind, 2);
    const { position } = await driver.write(command(spec, [3, -3]));
    expect(position[0]).toBeCloseTo(1.3, 1);
    expect(position[1]).toBeCloseTo(-1.3, 1);
    expect(motorsOf(emulated)![0]).toBeCloseTo(position[0]!, 9);
  });

  test("temperature and supply of every servo come in turn", async () => {
    const faults = [{ kind: "over-temperature", servo: 2, celsius: 61 }] as const;
    const { driver } = await chain(kind, 3, faults);
    for (let i = 0; i < 8; i++) {
      await driver.read();
      await pass(2);
    }
    const { temperature, voltage } = await driver.read();
    expect([...temperature!]).toEqual([30, 61, 30]);
    for (const volts of voltage!) expect(volts).toBeCloseTo(12, 6);
  });

  test("a robot without calibration refuses to open, whatever is connected", async () => {
    const { emulated } = emulatedChain(kind, 2);
    const { driver } = driverOf(kind, 2, plugIn(emulated), {
      joints: async () => {
        throw new Error("arm: no calibration; measure it with: reverie calibrate arm");
      },
    });
    await expect(driver.open()).rejects.toThrow(/reverie calibrate arm/);
    await expect(driver.write(command(chainSpec(2), [0, 0]))).rejects.toThrow(/not open/);
  });

  test.each([
    ["", 0],
    [", also where it is asked so often that the bus seems lost", 400],
  ])("a missing servo is named at opening, and nothing is powered%s", async (_, openingMs) => {
    const { emulated } = emulatedChain(kind, 3, { faults: [{ kind: "dead", servo: 2 }] });
    const { driver } = driverOf(kind, 3, plugIn(emulated), {
      settings: { openingMs },
      line: { reopenMs: 1000, reopenMaxMs: 1000 },
    });
    await expect(driver.open()).rejects.toThrow(/joint2 \(servo 2 on emulated\): nobody answers; check its cable/);
    expect(motorsOf(emulated)).toBeUndefined();
  });

  test("a joint outside its calibrated range is read but not driven", async () => {
    const { driver, spec, plant } = await chain(kind, 2, [], { settings: { plausibleJump: 9 } });
    plant.place(1, 1.9);
    await driver.read();
    await expect(driver.write(command(spec, [0, 0]))).rejects.toThrow(
      /chain2: joint2 \(servo 2\): expected it in its calibrated range, -1\.\d+ to 1\.\d+ rad, found it at 1\.(89|90)\d/,
    );
    await driver.relax("hold"); // and can be brought to an end state
  });

  test("what the servos are not set to is set, once", async () => {
    const { emulated } = emulatedChain(kind, 2);
    const delay = emulated.servos[0]!.manners.family.registers.returnDelay!;
    for (const servo of emulated.servos) servo.save(delay, 250);
    const first = driverOf(kind, 2, plugIn(emulated));
    await first.driver.open();
    await first.driver.close();
    expect(first.reports.join("\n")).toMatch(/joint1 \(servo 1\): set .*return delay 250 → 0/);
    for (const servo of emulated.servos) servo.powerCycle();
    expect(emulated.servos[1]!.get(delay)).toBe(0);
  });

  test("a motor that carries a load when the driver opens keeps its goal", async () => {
    const { emulated } = emulatedChain(kind, 2);
    const first = driverOf(kind, 2, plugIn(emulated));
    await first.driver.open();
    const { position } = await first.driver.write(command(first.spec, [0.4, -0.4]));
    const second = driverOf(kind, 2, plugIn(emulated)); // the first process is gone without a word
    await second.driver.open();
    open.push(second.driver);
    for (const i of [0, 1]) expect(motorsOf(emulated)![i]).toBeCloseTo(position[i]!, 9);
    await second.driver.relax("hold");
    for (const i of [0, 1]) expect(motorsOf(emulated)![i]).toBeCloseTo(position[i]!, 9);
  });

  test("hold of a limp machine holds it where it lies; enabling never jumps", async () => {
    const { driver, spec, emulated, plant } = await chain(kind, 2);
    await driver.write(command(spec, [0.5, 0.5]));
    await pass(200);
    await driver.read();
    await driver.relax("limp");
    plant.place(0, 0.1);
    await pass(40);
    await driver.read();
    await driver.relax("hold");
    expect(motorsOf(emulated)![0]).toBeCloseTo(0.1, 1);
    expect(motorsOf(emulated)![1]).toBeCloseTo(0.5, 1);
  });

  test("while the cable is out samples age and nothing throws; back again, the last end state is brought about", async () => {
    const faults = [{ kind: "unplug", from: 0.15, for: 0.3, reported: true }] as const;
    const { driver, spec, bus, emulated, reports } = await chain(kind, 2, faults);
    await driver.write(command(spec, [0.2, 0.2]));
    await expect.poll(() => bus.line.state, { interval: 5 }).toBe("lost");
    const before = (await driver.read()).timeNs;
    const sent = [...(await driver.write(command(spec, [0.9, 0.9]))).position];
    expect(sent[0]).toBeCloseTo(0.2, 2);
    await driver.relax("limp");
    expect((await driver.read()).timeNs).toBe(before);
    expect(motorsOf(emulated)).toBeDefined(); // it could not be told
    await expect.poll(async () => (await driver.read()).timeNs > before, { timeout: 3000, interval: 10 }).toBe(true);
    await expect.poll(() => motorsOf(emulated), { timeout: 1000, interval: 10 }).toBeUndefined();
    expect(reports.join("\n")).toMatch(/the bus on emulated is lost: .*\n.*brought to "limp" when it is back/);
    expect(reports.join("\n")).toMatch(/all servos answer again/);
    await driver.write(command(spec, [0.3, 0.3]));
    expect(motorsOf(emulated)![0]).toBeCloseTo(0.3, 2);
  });

  test("a brown-out lets the motors go; the joints' samples age until they are held again, where they lie", async () => {
    const faults = [{ kind: "brown-out", from: 0.1, for: 0.05, volts: 2 }] as const;
    const { driver, spec, emulated, reports } = await chain(kind, 2, faults, { line: { lostAfter: 1000 } });
    const target = command(spec, [0.6, 0.6]);
    const ages: number[] = [];
    let held = false;
    for (const end = performance.now() + 600; performance.now() < end; await pass(5)) {
      const { timeNs } = await driver.read();
      const age = Number(process.hrtime.bigint() - timeNs) / 1e9;
      ages.push(age);
      if (age > 0.12 && !held) {
        held = true;
        await driver.relax("hold"); // as the governor does
      }
      if (!held) await driver.write(target);
    }
    expect(held).toBe(true);
    expect(reports.join("\n")).toMatch(/joint1 \(servo 1\): (lost its torque|not brought)/);
    expect(ages.at(-1)).toBeLessThan(0.1);
    expect(motorsOf(emulated)).toBeDefined();
  });
});

describe("Feetech alone", () => {
  test("another homing offset than at calibration is refused: every position would be wrong", async () => {
    const { emulated } = emulatedChain("sts", 2);
    emulated.servos[1]!.save(STS.homingOffset, -77);
    const { driver } = driverOf("sts", 2, plugIn(emulated));
    await expect(driver.open()).rejects.toThrow(
      /joint2 \(servo 2 on emulated\): expected the homing offset of its calibration, 40, found -77; .*calibrate the robot anew/,
    );
  });

  test("a servo whose own limits or firmware are not those of its calibration is refused, naming the register", async () => {
    const stored = { stored: { min: 1, max: 4000 }, firmware: 310 };
    const joints = async () => jointsOfChain("sts", 1).map((joint) => ({ ...joint, ...stored }));
    const { emulated } = emulatedChain("sts", 1);
    const { driver } = driverOf("sts", 1, plugIn(emulated), { joints });
    await expect(driver.open()).rejects.toThrow(
      /joint1 \(servo 1 on emulated\): expected the lower position limit of its calibration, 1, found 0; register 9: .*calibrate the robot anew/,
    );
    emulated.servos[0]!.save(STS.minPosition, 1);
    await expect(driver.open()).rejects.toThrow(
      /upper position limit of its calibration, 4000, found 4095; register 11:/,
    );
    emulated.servos[0]!.save(STS.maxPosition, 4000);
    await driver.open();
    await driver.close();
    emulated.servos[0]!.save(STS.firmwareMinor, 11);
    await expect(driver.open()).rejects.toThrow(/expected the firmware of its calibration, 310, found 311/);
  });

  test("a servo of another family is named with its model", async () => {
    const { emulated } = emulatedChain("sts", 1);
    emulated.servos[0]!.save(STS.model, 9999);
    const { driver } = driverOf("sts", 1, plugIn(emulated));
    await expect(driver.open()).rejects.toThrow(/expected a model of .*STS3215 \(777\).*, found model 9999/);
  });

  test("a servo that has gone silent ages the sample and slows nobody for long", async () => {
    const faults = [{ kind: "dead", servo: 3, from: 0.1 }] as const;
    const { driver, bus } = await chain("sts", 3, faults);
    await pass(120);
    const took: number[] = [];
    for (let i = 0; i < 40; i++) {
      const begin = performance.now();
      await driver.read();
      took.push(performance.now() - begin);
      await pass(2);
    }
    // Its own turn of the health round still waits for it, one tick in three.
    expect(Number(process.hrtime.bigint() - (await driver.read()).timeNs) / 1e9).toBeGreaterThan(0.08);
    expect(bus.line.state).toBe("open");
    expect(took.toSorted((a, b) => a - b)[20]).toBeLessThan(4); // less than its timeout
  });

  test("an encoder that sticks and a servo that runs hot are told by what they report, not by an exception", async () => {
    const faults = [
      { kind: "stuck-encoder", servo: 1 },
      { kind: "over-temperature", servo: 2, celsius: 95, from: 0.1 },
    ] as const;
    const { driver, spec, reports } = await chain("sts", 2, faults);
    for (const end = performance.now() + 250; performance.now() < end; await pass(5)) {
      await driver.read();
      await driver.write(command(spec, [0.5, 0.5]));
    }
    const { position, temperature } = await driver.read();
    expect(Math.abs(position[0]! - 0.5)).toBeGreaterThan(0.3);
    expect(temperature![1]).toBe(95);
    expect(reports.join("\n")).toMatch(/joint2 \(servo 2\): lost its torque: temperature/);
  });
});

describe("Dynamixel alone", () => {
  test("damping brakes without a target, and following again restores the gains", async () => {
    const { driver, spec, emulated } = await chain("dynamixel", 2);
    await driver.write(command(spec, [0.3, 0.3]));
    await driver.relax("damp");
    expect(emulated.servos.map((servo) => servo.drive())).toEqual(["damp", "damp"]);
    await driver.read();
    await driver.write(command(spec, [0.1, 0.1]));
    expect(emulated.servos[0]!.get(X.positionPGain)).toBe(800);
    expect(motorsOf(emulated)![0]).toBeCloseTo(0.1, 2);
  });

  test("all brake at once, whoever answers or not", async () => {
    const { driver, spec, emulated } = await chain("dynamixel", 6, [], { line: { lostAfter: 1000 } });
    await driver.read();
    await driver.write(command(spec, [0, 0, 0, 0, 0, 0]));
    emulated.inject([{ kind: "drop", share: 1 }]);
    const relaxing = driver.relax("damp");
    await pass(20); // asked one after the other, in vain, the second would not have had its turn
    expect(emulated.servos.map((servo) => servo.drive())).toEqual(Array(6).fill("damp"));
    await relaxing;
  });

  test("a driver that opens a damped machine leaves it damped", async () => {
    const { emulated } = emulatedChain("dynamixel", 2);
    const first = driverOf("dynamixel", 2, plugIn(emulated));
    await first.driver.open();
    await first.driver.write(command(first.spec, [0.3, 0.3]));
    await first.driver.relax("damp");
    const second = driverOf("dynamixel", 2, plugIn(emulated));
    await second.driver.open();
    open.push(second.driver);
    expect(emulated.servos.map((servo) => servo.drive())).toEqual(["damp", "damp"]);
    await second.driver.relax("hold");
    expect(motorsOf(emulated)).toBeDefined();
    expect(emulated.servos[0]!.get(X.positionPGain)).toBe(800);
  });

  test("servos stop by themselves when the driver's process falls silent, and are woken", async () => {
    const { driver, spec, emulated } = await chain("dynamixel", 2, [], { settings: { busWatchdogMs: 60 } });
    await driver.write(command(spec, [1, 1]));
    expect(emulated.servos[0]!.get(X.busWatchdog)).toBe(3);
    await pass(120);
    emulated.look();
    expect(emulated.servos[0]!.get(X.busWatchdog)).toBe(255);
    const stopped = motorsOf(emulated)![0]!;
    for (let i = 0; i < 8; i++) await driver.read();
    await driver.relax("hold");
    expect(emulated.servos[0]!.get(X.busWatchdog)).toBe(0);
    expect(Math.abs(motorsOf(emulated)![0]! - stopped)).toBeLessThan(0.1);
    await driver.write(command(spec, [0.7, 0.7]));
    expect(motorsOf(emulated)![0]).toBeCloseTo(0.7, 2);
  });

  test("an end state is not ended by the servos' watchdogs", async () => {
    const { driver, spec, emulated } = await chain("dynamixel", 2, [], { settings: { busWatchdogMs: 40 } });
    await driver.write(command(spec, [0.5, 0.5]));
    await driver.relax("hold");
    await pass(150);
    expect(motorsOf(emulated)![0]).toBeCloseTo(0.5, 2);
    expect(emulated.servos[0]!.get(X.busWatchdog)).toBe(0);
  });
});
