import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findNatsServer, NatsServer } from "../../../../runtime/cli/bench/nats-server.ts";
import type { SinkStart } from "../../../../runtime/cli/process/link-sink.ts";
import { RUNTIME_DEFAULTS } from "../../../../runtime/defaults.ts";
import type { FromLink } from "../../../../runtime/ipc.ts";
import { Link } from "../../../../runtime/link/link.ts";
import { RecordLog } from "../../../../runtime/log/record-log.ts";
import { stepTopic } from "../../../../runtime/log/step-topic.ts";
import { encodeSteps, stepLayout } from "../../../../runtime/wire/step-codec.ts";
import { schema } from "../../policy/bundles.ts";

export const soon = { timeout: 15_000, interval: 10 };
/** Where there is none, what needs it is skipped, and says why. */
export const natsServer = findNatsServer();
export const WHY = natsServer === undefined ? " (skipped: no nats-server on this machine)" : "";

const SINK = new URL("../../../../dist/runtime/cli/process/link-sink.js", import.meta.url);
const layout = stepLayout(schema);

type Settings = typeof RUNTIME_DEFAULTS.link;
type LinkSettings = Partial<Omit<Settings, "nats">> & { readonly nats?: Partial<Settings["nats"]> };

export interface Robot {
  readonly link: Link;
  readonly said: FromLink[];
  /** Steps from `from` up to `to`. */
  feed(from: number, to: number): void;
  readonly notes: () => string;
}

/** A NATS server, learners in processes of their own, robots in this one; all of it in one temporary directory. */
export class Fleet {
  readonly directory = mkdtempSync(join(tmpdir(), "reverie-nats-"));
  readonly servers: NatsServer[] = [];
  readonly #links: Link[] = [];
  #learner: ChildProcess | undefined;

  async server(more?: string): Promise<NatsServer> {
    const server = await NatsServer.start(natsServer!, this.directory, more);
    this.servers.push(server);
    return server;
  }

  /** A learner that only takes in, onto the disk. */
  async learner(endpoint: string): Promise<void> {
    const child = fork(SINK, { execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#learner = child;
    const start: SinkStart = { directory: join(this.directory, "learner"), schema, endpoint };
    child.send(start);
    await Promise.race([
      once(child, "message"),
      once(child, "exit").then(() => {
        throw new Error("expected the learner to listen, found it gone");
      }),
    ]);
  }

  /** At once, whatever it was doing. */
  async killLearner(): Promise<void> {
    const child = this.#learner;
    this.#learner = undefined;
    if (child?.kill("SIGKILL")) await once(child, "exit");
  }

  robot(name: string, endpoint: string, its: LinkSettings = {}, resumed = false, keys?: string): Robot {
    const said: FromLink[] = [];
    const run = join(this.directory, name);
    mkdirSync(run, { recursive: true });
    const { link: defaults } = RUNTIME_DEFAULTS;
    const nats = { ...defaults.nats, publishMs: 1000, retryMs: 100, ...its.nats };
    const quick = { batchMs: 2, aliveMs: 50, silentMs: 500, flushMs: 1000 };
    const config = {
      robot: "arm",
      driver: "sim",
      task: {},
      seed: 0,
      clock: "realtime" as const,
      run,
      learner: endpoint,
      steps: 0,
      ...(keys === undefined ? {} : { trust: { keys } }),
      runtime: { ...RUNTIME_DEFAULTS, link: { ...defaults, ...quick, ...its, nats } },
    };
    const link = new Link(config, schema, resumed, (message) => said.push(message));
    this.#links.push(link);
    return {
      link,
      said,
      feed: (from, to) => {
        for (let sequence = from; sequence < to; sequence++) {
          link.take({ type: "step", sequence, episode: 0, row: row(sequence) });
        }
      },
      notes: () => said.flatMap((message) => (message.type === "note" ? [message.text] : [])).join("\n"),
    };
  }

  /** The steps of each stream on the learner's disk, in the order they are there. Ends the learner: the log is its own. */
  async logged(): Promise<number[][]> {
    await this.killLearner();
    const root = join(this.directory, "learner");
    const topics = [stepTopic(schema)];
    return streamsIn(root).map((name) => {
      const log = new RecordLog(join(root, name), { topics });
      return [...log.read(0)].map(({ sequence }) => sequence);
    });
  }

  async close(): Promise<void> {
    this.#learner?.kill("SIGKILL");
    await Promise.all(this.#links.map((link) => link.close(0)));
    await Promise.all(this.servers.map((server) => server.kill()));
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function streamsIn(root: string): string[] {
  return readdirSync(root, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

export function row(sequence: number): Uint8Array {
  return encodeSteps(layout, [
    {
      sequence,
      episode: 0,
      index: sequence,
      timeNs: BigInt(sequence),
      observation: { angle: Float32Array.of(sequence, 0) },
      action: new Float32Array(2),
      command: new Float32Array(2),
      reward: 0,
      isFirst: sequence === 0,
      isLast: false,
      isTerminal: false,
      policyVersion: 0,
      intervened: false,
    },
  ]);
}

export const upTo = (to: number, from = 0) => Array.from({ length: to - from }, (_, i) => from + i);
