import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const PATIENCE_MS = 10_000;

/** Path of nats-server: `REVERIE_NATS_SERVER`, or as the system finds it; undefined when there is none. */
export function findNatsServer(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return env.REVERIE_NATS_SERVER || findCommand("nats-server", env);
}

/** As a shell finds it. */
export function findCommand(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const paths = (env.PATH ?? "").split(delimiter).map((folder) => join(folder, name));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A NATS server with JetStream on this machine, with its store in a directory of one's own. */
export class NatsServer {
  readonly port: number;
  readonly #path: string;
  readonly #config: string;
  #process: ChildProcess | undefined;

  private constructor(path: string, port: number, config: string) {
    this.#path = path;
    this.port = port;
    this.#config = config;
  }

  /** `more`: lines of its configuration beside address and store. Throws when it does not come up. */
  static async start(path: string, directory: string, more = ""): Promise<NatsServer> {
    const port = await freePort();
    const config = join(directory, `nats-${port}.conf`);
    const store = join(directory, `jetstream-${port}`);
    const jetstream = more.includes("jetstream") ? "" : `jetstream { store_dir: "${store}" }\n`;
    writeFileSync(config, `listen: "127.0.0.1:${port}"\nmax_payload: 8MB\n${jetstream}${more}\n`);
    const server = new NatsServer(path, port, config);
    await server.restart();
    return server;
  }

  get endpoint(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Up again with what is in its store. */
  async restart(): Promise<void> {
    const child = spawn(this.#path, ["-c", this.#config], { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (text) => {
      said = `${said}${text}`.slice(-2000);
    });
    this.#process = child;
    for (const until = performance.now() + PATIENCE_MS; !(await answers(this.port)); await sleep(20)) {
      if (child.exitCode !== null || performance.now() > until) {
        throw new Error(`nats-server: expected it to listen on port ${this.port}, found:\n${said}`);
      }
    }
  }

  /** As a power loss ends it, but for the disk. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("data", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
