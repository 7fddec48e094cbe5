import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LEARNER_DEFAULTS } from "../../../../learner/config.ts";
import type { LinkServer } from "../../../../learner/train/link-server.ts";
import { findNatsServer, NatsServer } from "../../../../runtime/cli/bench/nats-server.ts";
import type { SinkStart } from "../../../../runtime/cli/process/link-sink.ts";
import type { Link } from "../../../../runtime/link/link.ts";
import { RecordLog } from "../../../../runtime/log/record-log.ts";
import { stepTopic } from "../../../../runtime/log/step-topic.ts";
import type { LearnerTrust } from "../../../../runtime/trust/trust.ts";
import { type RobotLink, type RobotLinkOptions, robotLink } from "../../../fakes/robot-link.ts";
import { RowsHost } from "../../../fakes/rows-host.ts";
import { schema } from "../../policy/bundles.ts";

export const soon = { timeout: 15_000, interval: 10 };
/** Where there is none, what needs it is skipped, and says why. */
export const natsServer = findNatsServer();
export const WHY = natsServer === undefined ? " (skipped: no nats-server on this machine)" : "";

const SINK = new URL("../../../../dist/runtime/cli/process/link-sink.js", import.meta.url);
type NatsSettings = (typeof LEARNER_DEFAULTS)["nats"];

/** A NATS server, learners in processes of their own, robots in this one; all of it in one temporary directory. */
export class Fleet {
  readonly directory = mkdtempSync(join(tmpdir(), "reverie-nats-"));
  readonly servers: NatsServer[] = [];
  readonly #links: Link[] = [];
  #learner: ChildProcess | undefined;
  readonly host = new RowsHost();
  #server: LinkServer | undefined;

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

  /** A learner in this process that can also publish; everything it takes is `host`'s. */
  async listen(endpoint: string, its: Partial<NatsSettings> = {}, trust?: LearnerTrust): Promise<LinkServer> {
    const nats = { ...LEARNER_DEFAULTS.nats, ...its };
    this.#server = await this.host.bind(endpoint, () => performance.now(), trust, nats);
    return this.#server;
  }

  /** The learner that listens here ends; its rows stay `host`'s. */
  async hush(): Promise<void> {
    await this.#server?.close();
    this.#server = undefined;
  }

  /** At once, whatever it was doing. */
  async killLearner(): Promise<void> {
    const child = this.#learner;
    this.#learner = undefined;
    if (child?.kill("SIGKILL")) await once(child, "exit");
  }

  /** One with a directory by that name; of what it asks a server, it is impatient. */
  robot(name: string, endpoint: string, { link = {}, ...its }: RobotLinkOptions = {}): RobotLink {
    const nats = { publishMs: 1000, retryMs: 100, ...link.nats };
    const settings = { aliveMs: 50, silentMs: 500, resendMs: 10_000, flushMs: 1000, ...link, nats };
    const robot = robotLink(join(this.directory, name), endpoint, { ...its, link: settings });
    this.#links.push(robot.link);
    return robot;
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

  /** A file that only its owner can read, of the directory. */
  write(name: string, text: string): string {
    const path = join(this.directory, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }

  async close(): Promise<void> {
    this.#learner?.kill("SIGKILL");
    await this.hush();
    await Promise.all(this.#links.map((link) => link.close(0)));
    await Promise.all(this.servers.map((server) => server.kill()));
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function streamsIn(root: string): string[] {
  return readdirSync(root, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}
