/** A learner that only takes in, for `bench link`: the link's other end, its log on disk and its replay, without any training. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Experience } from "../../../learner/train/experience.ts";
import type { LinkHost } from "../../../learner/train/link-host.ts";
import { LinkServer } from "../../../learner/train/link-server.ts";
import type { StepSchema } from "../../step.ts";
import type { PolicyManifest } from "../../wire/manifest.ts";

/** First message: what will be sent, and where it is to be kept. */
export interface SinkStart {
  readonly directory: string;
  readonly schema: StepSchema;
  /** Where it listens; by default any free port over ZeroMQ. */
  readonly endpoint?: string;
  /** A bundle that goes out again and again, each time as the next version. */
  readonly policy?: { readonly path: string; readonly everyMs: number };
}

/** Answers: where it listens; then, to any message, what it has used and holds. */
export interface SinkAnswer {
  readonly endpoint: string;
  /** User and system, s. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

process.on("disconnect", () => process.exit());
process.on("SIGINT", () => {}); // the parent decides
process.once("message", (start) => void serve(start as SinkStart));

async function serve({ directory, schema, endpoint: bind = "tcp://127.0.0.1:*", policy }: SinkStart): Promise<void> {
  let server: LinkServer | undefined;
  const report = (line: string): void => console.error(line);
  const experience = new Experience({
    directory,
    schema,
    capacity: 100_000,
    images: false,
    onRing: () => {},
    onStep: () => {},
    onDurable: (stream, next) => server?.ack(stream, next),
    report,
  });
  await experience.restore({});
  const host: LinkHost = {
    greet: async ({ stream }) => ({ resume: experience.durable(stream) }),
    joined: () => {},
    rows: (stream, first, payload, { images }) => experience.take(stream, first, payload, images),
    skipTo: (stream, first) => experience.skipTo(stream, first),
    next: (stream) => experience.next(stream),
    durable: (stream) => experience.durable(stream),
    knows: (stream) => Object.hasOwn(experience.streams(), stream),
    report: () => {}, // a robot that is refused says so itself
  };
  server = await LinkServer.bind(bind, host);
  server.serve();
  if (policy !== undefined) publish(server, policy);
  const { endpoint } = server;
  const answer = (): void => {
    const { user, system } = process.cpuUsage();
    const said: SinkAnswer = { endpoint, cpuSeconds: (user + system) / 1e6, rssBytes: process.memoryUsage.rss() };
    process.send?.(said);
  };
  process.on("message", answer);
  answer();
}

function publish(server: LinkServer, { path, everyMs }: NonNullable<SinkStart["policy"]>): void {
  const [manifest, weights, graph] = ["manifest.json", "weights.safetensors", "graph.onnx"].map((file) =>
    readFileSync(join(path, file)),
  );
  const first = JSON.parse(manifest!.toString()) as PolicyManifest;
  let { policyVersion } = first;
  setInterval(() => {
    policyVersion++;
    server.publish({ manifest: { ...first, policyVersion }, weights: weights!, graph: graph! });
  }, everyMs);
}
