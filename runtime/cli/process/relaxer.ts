/** The relaxer's process: stands by with all that it takes to reach the motors loaded, for when the governor cannot. */
import { RealtimeClock } from "../../clock.ts";
import { DRIVER_DEFAULTS } from "../../defaults.ts";
import { endStateFor } from "../../governor/endings.ts";
import { type FromRelaxer, parentChannel, type SupervisorConfig, type ToRelaxer } from "../../ipc.ts";
import type { Driver, EndState, RobotSpec } from "../../robot.ts";
import { loadMachine } from "./machine.ts";
import { openPatiently } from "./open-patiently.ts";

const READY_MS = 1000;

interface Standby {
  readonly spec: RobotSpec;
  readonly driver: Driver;
  readonly openMs: number;
}

const channel = parentChannel<ToRelaxer, FromRelaxer>();
let config: SupervisorConfig | undefined;
let standby: Standby | undefined;
let last: Promise<void> = Promise.resolve();

channel.onMessage((message) => {
  last = last.then(() => take(message)).catch((error: Error) => fail(error));
});
channel.onClose(() => {
  last = last.then(letGo).then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});

async function take(message: ToRelaxer): Promise<void> {
  if (message.type === "start") {
    config = message.config;
    standby = await prepare(config);
    channel.send({ type: "ready" });
    setInterval(() => channel.send({ type: "ready" }), READY_MS).unref();
  } else if (message.type === "relax") await relax();
  else {
    await letGo();
    if (message.type === "stop") process.disconnect();
    else if (config !== undefined) standby = await prepare(config);
  }
}

async function prepare(config: SupervisorConfig): Promise<Standby> {
  const { openMs, relaxOpeningMs: openingMs } = config.runtime.supervisor;
  // It takes no cameras to stop.
  const machine = await loadMachine({
    ...config,
    camera: {},
    serial: { ...DRIVER_DEFAULTS.serial, ...config.serial, openingMs },
  });
  const driver = await machine.driver(new RealtimeClock(), (line) => void process.stderr.write(`${line}\n`));
  await driver.prepare?.();
  return { spec: machine.spec, driver, openMs };
}

/**
 * A machine that cannot be read is brought to its end state all the same. Of one that cannot be opened, what answers is brought
 * there at once; then it is tried on, as what is missing may come.
 */
async function relax(): Promise<void> {
  if (standby === undefined && config !== undefined) standby = await prepare(config);
  if (standby === undefined) throw new Error("relaxer: expected to be started first");
  const { driver, spec, openMs } = standby;
  let reached: EndState | undefined;
  try {
    await openPatiently(driver, openMs, async (error) => {
      reached ??= await relaxRest(driver, spec, error);
    });
  } catch (error) {
    if (reached === undefined) throw error;
    channel.send({ type: "relaxed", end: reached });
    return;
  }
  const sample = await driver.read().catch(() => undefined);
  const end = endStateFor(spec, "governor", sample?.position);
  await driver.relax(end);
  channel.send({ type: "relaxed", end });
}

/** Undefined where nobody can be reached, as while the port is another's. */
async function relaxRest(driver: Driver, spec: RobotSpec, why: Error): Promise<EndState | undefined> {
  const nowhere = spec.joints.map(() => Number.NaN); // not measured: not known to be at rest
  const end = endStateFor(spec, "governor", nowhere);
  try {
    if (driver.relaxReachable === undefined) return undefined;
    await driver.relaxReachable(end);
  } catch {
    return undefined;
  }
  process.stderr.write(`${why.message}; the rest is brought to "${end}"\n`);
  return end;
}

async function letGo(): Promise<void> {
  const driver = standby?.driver;
  standby = undefined;
  await driver?.close();
}

function fail(error: Error): void {
  channel.send({ type: "failed", reason: error.message });
}
