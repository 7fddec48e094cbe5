import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RUNTIME_DEFAULTS } from "../../defaults.ts";
import { Histogram } from "../../governor/histogram.ts";
import type { FromLink, SupervisorConfig } from "../../ipc.ts";
import { encodeImage, IMAGE_CHOICES } from "../../link/images/encode.ts";
import { Link } from "../../link/link.ts";
import type { StepSchema } from "../../step.ts";
import { imageTensors, type StepImage } from "../../wire/images.ts";
import { encodeSteps, stepLayout } from "../../wire/step-codec.ts";
import type { SinkAnswer, SinkStart } from "../process/link-sink.ts";
import { testPicture } from "./picture.ts";

/** What is sent, and how fast: so many steps a second, or as fast as the other side has them on its disk. */
export interface LinkLoad {
  readonly name: string;
  readonly schema: StepSchema;
  readonly rateHz: number | "flat out";
}

/** How images travel: one of IMAGE_CHOICES; or "passed", as JPEGs that the camera made. */
export const BENCH_ENCODINGS: readonly string[] = [...IMAGE_CHOICES, "passed"];

export interface LinkSpeed {
  readonly name: string;
  readonly seconds: number;
  readonly rows: number;
  readonly rowsPerSecond: number;
  /** Rows and images as the robot took them. */
  readonly megabytesPerSecond: number;
  /** From a step's coming to the link until it is on the learner's disk and the link knows. */
  readonly ackMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Of one core: the robot's side, what makes the steps included, and the learner's. */
  readonly robotCpu: number;
  readonly learnerCpu: number;
  readonly learnerRssMb: number;
}

/** The link takes no more while so many steps are not on the learner's disk: a supervisor holds back alike. */
const AHEAD = 4096;
/** The same for images, as they are taken. */
const AHEAD_BYTES = 32 * 2 ** 20;
const POLL_MS = 1;
const PATIENCE_MS = 30_000;

/** The real link process' code and a learner's intake, over a real socket, both with their disks. */
export async function measureLink(
  { schema, name, rateHz }: LinkLoad,
  seconds: number,
  encoding = RUNTIME_DEFAULTS.link.imageEncoding,
  at = "tcp://127.0.0.1:*",
): Promise<LinkSpeed> {
  const directory = mkdtempSync(join(tmpdir(), "reverie-link-bench-"));
  const sink = startSink();
  let link: Link | undefined;
  try {
    const start: SinkStart = { directory: join(directory, "learner"), schema, endpoint: at };
    const { endpoint } = await ask(sink, start);
    link = new Link(config(directory, endpoint, encoding), schema, false, failOn);
    for (let waited = 0; link.status.state !== "connected"; waited += 10) {
      if (waited > PATIENCE_MS) throw new Error(`bench link: expected a connection, found ${link.status.state}`);
      await sleep(10);
    }
    const sending = sender(schema, link, await imagesFor(schema, encoding));
    const [before, cpu, began] = [await ask(sink, "?"), process.cpuUsage(), performance.now()];
    if (rateHz === "flat out") await sending.flatOut(seconds * 1000);
    else await sending.paced(seconds * 1000, rateHz);
    await sending.drained();
    const took = (performance.now() - began) / 1000;
    const [{ user, system }, after] = [process.cpuUsage(cpu), await ask(sink, "?")];
    const { p50Ms, p99Ms, maxMs } = sending.ages.percentiles();
    return {
      name,
      seconds: took,
      rows: sending.rows,
      rowsPerSecond: sending.rows / took,
      megabytesPerSecond: sending.bytes / 1e6 / took,
      ackMs: { p50: p50Ms, p99: p99Ms, max: maxMs },
      robotCpu: (user + system) / 1e6 / took,
      learnerCpu: (after.cpuSeconds - before.cpuSeconds) / took,
      learnerRssMb: after.rssBytes / 1e6,
    };
  } finally {
    await link?.close();
    sink.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  }
}

function imagesFor(schema: StepSchema, encoding: string): Promise<StepImage[]> {
  const { imageQuality } = RUNTIME_DEFAULTS.link;
  return Promise.all(
    imageTensors(schema).map((tensor) => {
      const image = { name: tensor.name, encoding: "raw", data: testPicture(tensor.shape) } as const;
      return encodeImage(tensor, image, encoding === "passed" ? "jpeg" : "raw", imageQuality);
    }),
  );
}

function sender(schema: StepSchema, link: Link, images: readonly StepImage[]) {
  const layout = stepLayout(schema);
  const row = encodeSteps(layout, [emptyStep(schema)]);
  const imageSize = images.reduce((sum, { data }) => sum + data.length, 0);
  const ahead = Math.min(AHEAD, Math.ceil(AHEAD_BYTES / Math.max(1, imageSize)));
  const ages = new Histogram();
  const born = new Float64Array(2 * AHEAD);
  const done = { rows: 0, bytes: 0, acked: 0 };
  const take = (): void => {
    const sequence = done.rows++;
    const bytes = row.slice();
    new DataView(bytes.buffer).setBigUint64(0, BigInt(sequence), true);
    born[sequence % born.length] = performance.now();
    const seen = images.length > 0 ? { images } : {};
    done.bytes += bytes.length + imageSize;
    link.take({ type: "step", sequence, episode: 0, row: bytes, ...seen });
  };
  const look = (): void => {
    const { acked } = link.status;
    for (const now = performance.now(); done.acked < acked; done.acked++)
      ages.add(now - born[done.acked % born.length]!);
  };
  return {
    ages,
    get rows(): number {
      return done.rows;
    },
    get bytes(): number {
      return done.bytes;
    },
    flatOut: async (forMs: number): Promise<void> => {
      for (const until = performance.now() + forMs; performance.now() < until; look()) {
        for (let burst = 0; burst < 256 && done.rows - done.acked < ahead; burst++) take();
        await new Promise(setImmediate);
      }
    },
    paced: async (forMs: number, rateHz: number): Promise<void> => {
      for (const began = performance.now(); performance.now() - began < forMs; look()) {
        const due = ((performance.now() - began) / 1000) * rateHz;
        while (done.rows < due && done.rows - done.acked < ahead) take();
        await sleep(POLL_MS);
      }
    },
    drained: async (): Promise<void> => {
      for (const began = performance.now(); done.acked < done.rows; look()) {
        if (performance.now() - began > PATIENCE_MS) {
          throw new Error(`bench link: expected ${done.rows} rows on the learner's disk, found ${done.acked}`);
        }
        await sleep(POLL_MS);
      }
    },
  };
}

function emptyStep(schema: StepSchema) {
  const floats = schema.observation.filter(({ dtype }) => dtype === "float32");
  const size = ({ shape }: { readonly shape: readonly number[] }): number => shape.reduce((a, b) => a * b, 1);
  return {
    sequence: 0,
    episode: 0,
    index: 0,
    timeNs: 0n,
    observation: Object.fromEntries(floats.map((tensor) => [tensor.name, new Float32Array(size(tensor)).fill(0.5)])),
    action: new Float32Array(schema.action.length),
    command: new Float32Array(schema.joints.length),
    reward: 0,
    isFirst: false,
    isLast: false,
    isTerminal: false,
    policyVersion: 0,
    intervened: false,
  };
}

function config(directory: string, learner: string, encoding: string): SupervisorConfig {
  const imageEncoding = encoding === "passed" ? "raw" : encoding;
  const run = join(directory, "robot");
  return {
    robot: "bench",
    driver: "sim",
    task: {},
    seed: 0,
    clock: "realtime",
    run,
    learner,
    steps: 0,
    runtime: { ...RUNTIME_DEFAULTS, link: { ...RUNTIME_DEFAULTS.link, imageEncoding } },
  };
}

function failOn(message: FromLink): void {
  if (message.type === "refused") throw new Error(`bench link: refused: ${message.reason}`);
  if (message.type === "note") console.error(message.text);
}

export function startSink(): ChildProcess {
  return fork(new URL("../process/link-sink.js", import.meta.url), {
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

export function ask(sink: ChildProcess, what: SinkStart | "?"): Promise<SinkAnswer> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error("bench link: expected its learner's side to run, found it gone"));
    sink.once("exit", gone);
    sink.once("message", (answer) => {
      sink.off("exit", gone);
      resolve(answer as SinkAnswer);
    });
    sink.send(what);
  });
}
