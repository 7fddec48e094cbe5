import { type ChildProcess, fork } from "node:child_process";
import { loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { type Device, Intake } from "../../../drivers/ros2/intake.ts";
import type { ServeAnswer, ServeOrder } from "../../../drivers/ros2/mock/serve.ts";
import { RosbridgeTransport } from "../../../drivers/ros2/rosbridge/carrier.ts";
import { ROS2_DEFAULTS } from "../../../drivers/ros2/settings.ts";
import { JointStates } from "../../../drivers/ros2/state/joint-states.ts";
import { expectPositionals, parseArguments, wholeNumber } from "../arguments.ts";

const NAME = "bench ros2";
const OPTIONS = { seconds: "text", json: "flag" } as const;
const JOINTS = 12;
const RATES_HZ = [100, 200, 500];
/** Before it is measured, at each rate: the first messages find code that has not run yet. */
const WARM_UP_MS = 500;

export interface RateSpeed {
  readonly rateHz: number;
  /** Messages a second that left the server, and that were read. */
  readonly sentHz: number;
  readonly arrivingHz: number;
  /** From the stamp until the joints are in the driver's arrays, µs. */
  readonly ageUs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Of one core: the driver's process, and the stand-in server's with the machine in it. */
  readonly cpuShare: number;
  readonly serverCpuShare: number;
}

export interface Ros2Speed {
  readonly joints: number;
  readonly seconds: number;
  /** Of this computer in the minute before. */
  readonly loadBefore: number;
  readonly rates: readonly RateSpeed[];
}

/** Joint states through rosbridge from a stand-in server in another process: how many arrive, how old, at what cost. */
export async function benchRos2(argv: readonly string[]): Promise<number> {
  const args = parseArguments(NAME, argv, OPTIONS);
  expectPositionals(NAME, [], args);
  const seconds = wholeNumber(NAME, "seconds", args.values.seconds ?? "5", 1, 3600);
  const json = args.flags.has("json");
  const say = json ? () => {} : (line: string) => console.log(line);
  const speed = await measure(seconds, say);
  if (json) console.log(JSON.stringify(speed));
  return 0;
}

async function measure(seconds: number, say: (line: string) => void): Promise<Ros2Speed> {
  const loadBefore = loadavg()[0]!;
  const child = fork(new URL("../../../drivers/ros2/mock/serve.js", import.meta.url));
  try {
    const { url } = await answer<{ readonly url: string }>(child);
    say(
      `${JOINTS} joints, ${seconds} s each, through a stand-in server in another process; load ${loadBefore.toFixed(1)} before`,
    );
    say("  asked      sent   arrive    p50 µs    p99 µs    max µs   CPU here   CPU there");
    const rates: RateSpeed[] = [];
    for (const rateHz of RATES_HZ) {
      const speed = await measureRate(child, url, rateHz, seconds);
      rates.push(speed);
      say(rateLine(speed));
    }
    return { joints: JOINTS, seconds, loadBefore, rates };
  } finally {
    child.kill("SIGKILL");
  }
}

async function measureRate(child: ChildProcess, url: string, rateHz: number, seconds: number): Promise<RateSpeed> {
  const transport = new RosbridgeTransport(url, (line) => console.error(line));
  const joints = new JointStates(
    "/joint_states",
    Array.from({ length: JOINTS }, (_, i) => `joint_${i}`),
    console.error,
  );
  let stampNs = 0n;
  const device: Device<"sensor_msgs/msg/JointState"> = {
    topic: joints.topic,
    stampNs: (message) => {
      stampNs = joints.stampNs(message);
      return stampNs;
    },
    check: (message) => joints.check(message),
    keep: (message, timeNs) => joints.keep(message, timeNs),
  };
  const windowNs = BigInt(ROS2_DEFAULTS.offsetWindowMs) * 1_000_000n;
  const intake = new Intake(device, windowNs, windowNs, console.error);
  let ages: number[] = [];
  await transport.open(() => {});
  try {
    transport.subscribe(joints.topic, (cdr) => {
      intake.receive(cdr, process.hrtime.bigint());
      ages.push(Number(process.hrtime.bigint() - stampNs) / 1000);
    });
    order(child, { joints: JOINTS, rateHz });
    await sleep(WARM_UP_MS);
    ages = [];
    const [cpu, began] = [process.cpuUsage(), performance.now()];
    await sleep(1000 * seconds);
    const [{ user, system }, took] = [process.cpuUsage(cpu), (performance.now() - began) / 1000];
    const arrived = ages.toSorted((a, b) => a - b);
    const ended = answer<{ readonly sent: number; readonly cpuMs: number; readonly seconds: number }>(child);
    order(child, { joints: JOINTS, rateHz: 0 });
    const there = await ended;
    const quantile = (share: number): number =>
      Math.round(arrived[Math.floor(share * (arrived.length - 1))] ?? Number.NaN);
    return {
      rateHz,
      sentHz: round(there.sent / there.seconds),
      arrivingHz: round(arrived.length / took),
      ageUs: { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) },
      cpuShare: round((user + system) / 1e6 / took),
      serverCpuShare: round(there.cpuMs / 1000 / there.seconds),
    };
  } finally {
    await transport.close();
  }
}

function order(child: ChildProcess, what: ServeOrder): void {
  child.send(what);
}

function answer<T extends ServeAnswer>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const gone = (code: number | null): void =>
      reject(new Error(`${NAME}: expected its server to run, found it ended: ${code}`));
    child.once("exit", gone);
    child.once("message", (message) => {
      child.off("exit", gone);
      resolve(message as T);
    });
  });
}

function rateLine({ rateHz, sentHz, arrivingHz, ageUs, cpuShare, serverCpuShare }: RateSpeed): string {
  const numbers = [sentHz, arrivingHz, ageUs.p50, ageUs.p99, ageUs.max].map((value) => value.toFixed(0));
  const [sent, arriving, p50, p99, max] = numbers as [string, string, string, string, string];
  const share = (value: number): string => `${(100 * value).toFixed(1)} %`;
  return `  ${`${rateHz} Hz`.padStart(6)}${sent.padStart(9)}${arriving.padStart(9)}${p50.padStart(10)}${p99.padStart(10)}${max.padStart(10)}${share(cpuShare).padStart(11)}${share(serverCpuShare).padStart(12)}`;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
