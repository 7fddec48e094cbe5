/** The relaxer's process: stands by with all that it takes to reach the motors loaded, for when the governor cannot. */
import { RealtimeClock } from "../../clock.ts";
import { endStateFor } from "../../governor/endings.ts";
import { type FromRelaxer, parentChannel, type SupervisorConfig, type ToRelaxer } from "../../ipc.ts";
import type { Driver, RobotSpec } from "../../robot.ts";
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
  const machine = await loadMachine({ ...config, camera: {} }); // it takes no cameras to stop
  const driver = await machine.driver(new RealtimeClock(), (line) => void process.stderr.write(`${line}\n`));
  await driver.prepare?.();
  return { spec: machine.spec, driver, openMs: config.runtime.supervisor.openMs };
}

/** A machine that cannot be read is brought to its end state all the same, and of one that cannot be opened what answers. */
async function relax(): Promise<void> {
  if (standby === undefined && config !== undefined) standby = await prepare(config);
  if (standby === undefined) throw new Error("relaxer: expected to be started first");
  const { driver, spec, openMs } = standby;
  try {
    await openPatiently(driver, openMs);
  } catch (error) {
    if (driver.relaxReachable === undefined) throw error;
    const nowhere = spec.joints.map(() => Number.NaN); // not measured: not known to be at rest
    const end = endStateFor(spec, "governor", nowhere);
    process.stderr.write(`${(error as Error).message}; the rest is brought to "${end}"\n`);
    await driver.relaxReachable(end);
    channel.send({ type: "relaxed", end });
    return;
  }
  const sample = await driver.read().catch(() => undefined);
  const end = endStateFor(spec, "governor", sample?.position);
  await driver.relax(end);
  channel.send({ type: "relaxed", end });
}

async function letGo(): Promise<void> {
  const driver = standby?.driver;
  standby = undefined;
  await driver?.close();
}

function fail(error: Error): void {
  channel.send({ type: "failed", reason: error.message });
}
