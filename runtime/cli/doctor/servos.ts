import { jointsOf } from "../../../calibration/file.ts";
import { toRadians } from "../../../calibration/joint.ts";
import { FAMILIES } from "../../../drivers/serial/families.ts";
import { decodeRegister } from "../../../drivers/serial/registers.ts";
import { scan } from "../../../drivers/serial/scan.ts";
import type { SerialServo } from "../../../drivers/serial/serial-robot.ts";
import type { FoundServo, ServoBus } from "../../../drivers/serial/servo-bus.ts";
import { errorNames, type RawHealth, type RawState, type ServoFamily } from "../../../drivers/serial/servo-family.ts";
import { type Finding, fail, note, pass, warn } from "./finding.ts";
import type { Need, NeededRobot } from "./need.ts";
import type { Thresholds } from "./thresholds.ts";

/** What one servo said. Counts are its own. */
interface Asked {
  readonly state: RawState;
  readonly health: RawHealth;
  /** undefined for a family that has none. */
  readonly offset: number | undefined;
}

/**
 * The robot's servos by their ids, then strangers on the bus. Asks with pings and reads alone: no register is written, no
 * motor is powered, so nothing moves. `makeBus` gives a bus that is not open yet.
 */
export async function checkServos(
  makeBus: () => ServoBus,
  need: Pick<Need, "port" | "driver"> & { readonly robot: NeededRobot | undefined },
  { servos }: Pick<Thresholds, "servos">,
  now: () => number = () => performance.now(),
): Promise<Finding[]> {
  const { robot, port, driver } = need;
  if (port === "") {
    const how = driver === "serial" ? fail : note;
    return [how("servos", "not asked: nobody said where they are", "name it: --serial.port=/dev/ttyUSB0")];
  }
  if (robot?.serial === undefined) {
    return [note("servos", "not asked: no robot with servos was named", "reverie doctor so101 --serial.port=…")];
  }
  const family: ServoFamily = FAMILIES[robot.serial.family];
  const bus = makeBus();
  try {
    await bus.open();
  } catch (error) {
    return [fail(port, (error as Error).message)];
  }
  try {
    const wanted = robot.serial.servos;
    // A bus that was just opened, on a computer that is busy, may be slow at first.
    const until = now() + servos.wakeMs;
    for (let i = 0; now() < until && (await bus.ping(wanted[i % wanted.length]!.id, true)) === undefined; i++);
    const findings: Finding[] = [];
    const silent: string[] = [];
    for (const [i, servo] of wanted.entries()) {
      const name = robot.spec.joints[i]!.name;
      const found = await bus.ping(servo.id);
      if (found === undefined) silent.push(`${servo.id} (${name})`);
      else findings.push(...(await checkServo(bus, family, servo, name, found, robot, servos)));
    }
    if (silent.length > 0) {
      const fix =
        silent.length === wanted.length
          ? `is the servos' power on, and is ${robot.serial.baud} their baud rate? one wire may be loose near the adapter`
          : "check its cable and the one before it in the chain, power and id";
      findings.unshift(fail(`servos ${silent.join(", ")}`, `nobody answers on ${port}`, fix));
    }
    const known = new Set(wanted.map(({ id }) => id));
    const others = Array.from({ length: servos.otherIds + 1 }, (_, id) => id).filter((id) => !known.has(id));
    for (const { id, model } of await scan(bus, others)) {
      const what = family.models[model] ?? `model ${model}`;
      findings.push(warn(`servo ${id}`, `${what} on the bus, and no joint of ${robot.spec.name} has that id`));
    }
    return findings;
  } catch (error) {
    return [fail(port, (error as Error).message)];
  } finally {
    await bus.close();
  }
}

async function checkServo(
  bus: ServoBus,
  family: ServoFamily,
  servo: SerialServo,
  name: string,
  found: FoundServo,
  robot: NeededRobot,
  limits: Thresholds["servos"],
): Promise<Finding[]> {
  const what = `${name} (servo ${servo.id})`;
  const model = family.models[found.model] ?? `model ${found.model}`;
  if (found.model !== servo.model) {
    const expected = family.models[servo.model] ?? `model ${servo.model}`;
    return [
      fail(what, `expected ${expected}, found ${model}`, "change the servo, or the ids of two that were swapped"),
    ];
  }
  let asked: Asked;
  try {
    asked = await askServo(bus, family, servo.id);
  } catch (error) {
    return [fail(what, `answers, and then: ${(error as Error).message}`, "a loose wire, or two servos with this id")];
  }
  const { state, health, offset } = asked;
  const findings: Finding[] = [];
  const { temperature, voltage, current } = robot.spec.watch;
  const errors = errorNames(family.errorBits, health.errors);
  if (errors !== "") findings.push(fail(what, `says ${errors}`, "switch the servos' power off and on"));
  if (temperature !== null && health.temperature >= temperature) {
    findings.push(fail(what, `${health.temperature} °C, the robot's limit is ${temperature}`, "let it cool"));
  } else if (temperature !== null && health.temperature >= temperature - limits.temperatureMargin) {
    findings.push(warn(what, `${health.temperature} °C, near the robot's limit of ${temperature}`, "let it cool"));
  }
  if (voltage !== null && health.voltage < voltage) {
    const least = `${health.voltage.toFixed(1)} V, the robot needs ${voltage}`;
    findings.push(fail(what, least, "charge the battery, or check the supply and its cable"));
  }
  if (current !== null && health.current !== undefined && health.current > current) {
    findings.push(fail(what, `${health.current.toFixed(2)} A at rest, the limit is ${current}`, "see what it pushes"));
  }
  if (health.torque) findings.push(warn(what, "its motor is powered", "another program left it so; support the robot"));
  findings.push(...checkDrift(what, name, state.position, offset, robot, limits));
  if (findings.length > 0) return findings;
  const amperes = health.current === undefined ? "" : `, ${health.current.toFixed(2)} A`;
  return [pass(what, `${model}, ${health.temperature} °C, ${health.voltage.toFixed(1)} V${amperes}`)];
}

/** Whether the servo is still where its calibration has it. */
function checkDrift(
  what: string,
  name: string,
  counts: number,
  offset: number | undefined,
  { calibration, spec }: NeededRobot,
  { outsideCounts }: Thresholds["servos"],
): Finding[] {
  if (calibration === undefined || calibration instanceof Error) return [];
  const [joint] = jointsOf(calibration, [name]);
  const anew = `reverie calibrate ${spec.name}`;
  const findings: Finding[] = [];
  if (offset !== undefined && joint!.homingOffset !== null && offset !== joint!.homingOffset) {
    const found = `its homing offset is ${offset}, calibrated was ${joint!.homingOffset}: another servo, or set since`;
    findings.push(fail(what, found, anew));
  }
  const beyond = Math.max(joint!.min - counts, counts - joint!.max);
  if (beyond > outsideCounts) {
    const degrees = Math.abs(toRadians(joint!, joint!.zero + beyond) * (180 / Math.PI)).toFixed(0);
    findings.push(fail(what, `stands ${degrees}° outside what it was calibrated to reach: a horn slipped?`, anew));
  }
  return findings;
}

async function askServo(bus: ServoBus, family: ServoFamily, id: number): Promise<Asked> {
  const state: RawState = { position: 0, velocity: 0, load: 0 };
  family.readState(await bus.read(id, family.state.address, family.state.size), 0, state);
  const health: RawHealth = {
    temperature: 0,
    voltage: 0,
    current: undefined,
    errors: 0,
    torque: false,
    watchdogTripped: false,
  };
  for (const [which, { address, size }] of family.health.entries()) {
    family.readHealth(which, await bus.read(id, address, size), health);
  }
  const { homingOffset } = family;
  if (homingOffset === undefined) return { state, health, offset: undefined };
  const bytes = await bus.read(id, homingOffset.address, homingOffset.size);
  return { state, health, offset: decodeRegister(homingOffset, family.order, bytes, 0) };
}
