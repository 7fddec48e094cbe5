import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { RUNTIME_DEFAULTS } from "../../defaults.ts";
import type { StepSchema } from "../../step.ts";
import { expectPositionals, parseArguments, wholeNumber } from "../arguments.ts";
import { UsageError } from "../usage-error.ts";
import { type EncodingSpeed, measureEncodings } from "./encoding-speed.ts";
import { BENCH_ENCODINGS, type LinkLoad, type LinkSpeed, measureLink } from "./link-speed.ts";
import { findNatsServer, NatsServer } from "./nats-server.ts";

const NAME = "bench link";
const OPTIONS = { seconds: "text", encoding: "text", json: "flag", transport: "text" } as const;
const TRANSPORTS: readonly string[] = ["zeromq", "nats"];

/** How much the link brings from a robot's disk to a learner's, over a real socket, and what that costs. */
export async function benchLink(argv: readonly string[]): Promise<number> {
  const args = parseArguments(NAME, argv, OPTIONS);
  expectPositionals(NAME, [], args);
  const seconds = wholeNumber(NAME, "seconds", args.values.seconds ?? "5", 1, 3600);
  const encoding = args.values.encoding ?? RUNTIME_DEFAULTS.link.imageEncoding;
  if (!BENCH_ENCODINGS.includes(encoding)) {
    throw new UsageError(
      `${NAME}: expected --encoding to be one of ${BENCH_ENCODINGS.join(", ")}, found "${encoding}"`,
    );
  }
  const json = args.flags.has("json");
  const transport = args.values.transport ?? "zeromq";
  if (!TRANSPORTS.includes(transport)) {
    throw new UsageError(`${NAME}: expected --transport to be one of ${TRANSPORTS.join(", ")}, found "${transport}"`);
  }
  const [cores, loadBefore] = [availableParallelism(), loadavg()[0]!];
  if (!json)
    console.log(
      `load ${loadBefore.toFixed(1)} on ${cores} cores before; ${seconds} s each; images: ${encoding}\n${HEAD}`,
    );
  const speeds: LinkSpeed[] = [];
  for (const load of LOADS) {
    const speed =
      transport === "nats" ? await overNats(load, seconds, encoding) : await measureLink(load, seconds, encoding);
    speeds.push(speed);
    if (!json) console.log(line(speed));
  }
  const paced = speeds.filter((_, i) => LOADS[i]!.rateHz !== "flat out");
  const together = {
    robotCpu: paced.reduce((sum, { robotCpu }) => sum + robotCpu, 0),
    learnerCpu: paced.reduce((sum, { learnerCpu }) => sum + learnerCpu, 0),
  };
  const encodings = await measureEncodings(RUNTIME_DEFAULTS.link.imageQuality);
  if (json) console.log(JSON.stringify({ transport, cores, loadBefore, encoding, loads: speeds, together, encodings }));
  else {
    const names = paced.map(({ name }) => name).join(" and ");
    console.log(
      `${names} together: robot ${share(together.robotCpu)}, learner ${share(together.learnerCpu)} of a core`,
    );
    for (const text of encodingLines(encodings)) console.log(text);
  }
  return 0;
}

/** Through a server on this machine that is there for this alone, with its store on the same disk. */
async function overNats(load: LinkLoad, seconds: number, encoding: string): Promise<LinkSpeed> {
  const path = findNatsServer();
  if (path === undefined) {
    throw new Error(
      `${NAME}: expected nats-server among the commands of this machine or REVERIE_NATS_SERVER, found none`,
    );
  }
  const directory = mkdtempSync(join(tmpdir(), "reverie-nats-bench-"));
  const server = await NatsServer.start(path, directory);
  try {
    return await measureLink(load, seconds, encoding, server.endpoint);
  } finally {
    await server.kill();
    rmSync(directory, { recursive: true, force: true });
  }
}

function schemaWith(images: Readonly<Record<string, readonly number[]>>): StepSchema {
  const tensor = (name: string, dtype: "float32" | "uint8", shape: readonly number[]) => ({
    name,
    dtype,
    shape,
    units: ["1"],
  });
  const seen = Object.entries(images).map(([name, shape]) => tensor(name, "uint8", shape));
  return {
    robot: "bench",
    task: "none",
    observation: [tensor("floats", "float32", [16]), ...seen],
    action: ["a"],
    joints: ["j"],
    policyRateHz: 20,
    rewardOffset: 0,
    canTerminate: false,
  };
}

const LOADS: readonly LinkLoad[] = [
  { name: "16 floats, flat out", schema: schemaWith({}), rateHz: "flat out" },
  { name: "16 floats, 1 kHz", schema: schemaWith({}), rateHz: 1000 },
  { name: "64×64×3, flat out", schema: schemaWith({ eye: [64, 64, 3] }), rateHz: "flat out" },
  { name: "640×480×3, flat out", schema: schemaWith({ eye: [480, 640, 3] }), rateHz: "flat out" },
  {
    name: "20 Hz, 2 × 640×480×3",
    schema: schemaWith({ left: [480, 640, 3], right: [480, 640, 3] }),
    rateHz: 20,
  },
];

const HEAD = `${"".padEnd(22)}${["rows/s", "MB/s", "ack p50", "p99", "max ms", "robot", "learner"].map((name) => name.padStart(9)).join("")}`;

function share(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

function encodingLines(speeds: readonly EncodingSpeed[]): string[] {
  const columns = (...texts: readonly string[]): string => texts.map((text) => text.padStart(11)).join("");
  const rows = speeds.map(({ shape, encoding, bytes, encodeMs, decodeMs }) => {
    const [height, width, channels] = shape;
    return `${`${width}×${height}×${channels} ${encoding}`.padEnd(22)}${columns(String(bytes), encodeMs.toFixed(2), decodeMs.toFixed(2))}`;
  });
  return [`${"a picture".padEnd(22)}${columns("bytes", "encode ms", "decode ms")}`, ...rows];
}

function line({ name, rowsPerSecond, megabytesPerSecond, ackMs, robotCpu, learnerCpu }: LinkSpeed): string {
  const numbers = [rowsPerSecond.toFixed(0), megabytesPerSecond.toFixed(1)];
  const ages = [ackMs.p50, ackMs.p99, ackMs.max].map((ms) => ms.toFixed(0));
  return (
    name.padEnd(22) + [...numbers, ...ages, share(robotCpu), share(learnerCpu)].map((text) => text.padStart(9)).join("")
  );
}
