import * as fs from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { writeWhole } from "../write-whole.ts";
import { type Keys, type PublicKeys, parsePublicLine, publicLine } from "./keys.ts";

const SECRET = "own.key";
const PUBLIC = "own.pub";
const ALLOWED = "allowed";

/** Where the keys of this machine lie: `$XDG_CONFIG_HOME/reverie/keys`. */
export function defaultKeyDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CONFIG_HOME || join(homedir(), ".config"), "reverie", "keys");
}

/** The keys of one machine on its disk: its own, and those of the machines it talks to. */
export class KeyStore {
  readonly directory: string;

  constructor(directory = defaultKeyDirectory()) {
    this.directory = directory;
  }

  /** The file to give to other machines. */
  get publicPath(): string {
    return join(this.directory, PUBLIC);
  }

  /** For this user's eyes only. Throws when there are keys already. */
  save(keys: Keys): void {
    const path = join(this.directory, SECRET);
    if (fs.existsSync(path)) {
      throw new Error(
        `${path}: expected no keys there yet, found some; whoever allowed them would have to allow new ones`,
      );
    }
    fs.mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    fs.writeFileSync(path, `${JSON.stringify(keys, undefined, 2)}\n`, { mode: 0o600, flag: "wx", flush: true });
    fs.writeFileSync(this.publicPath, `${publicLine(keys)}\n`, { flush: true });
  }

  /** This machine's own; undefined when it has none. Throws when others can read them or they are damaged. */
  own(): Keys | undefined {
    const path = join(this.directory, SECRET);
    const found = fs.statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    if ((found.mode & 0o077) !== 0) {
      throw new Error(`${path}: expected a file that only its owner can read, found more: chmod 600 ${path}`);
    }
    try {
      const keys = JSON.parse(fs.readFileSync(path, "utf8")) as Keys;
      parsePublicLine(publicLine(keys));
      if (typeof keys.curveSecret !== "string" || typeof keys.signSecret !== "string") throw new Error("no secrets");
      return keys;
    } catch {
      throw new Error(`${path}: expected this machine's keys, found a file that is damaged`);
    }
  }

  /** The machines this one talks to. Throws naming the line that is none. */
  allowed(): PublicKeys[] {
    const path = join(this.directory, ALLOWED);
    if (!fs.existsSync(path)) return [];
    const lines = fs.readFileSync(path, "utf8").split("\n");
    return lines.flatMap((line, i) => {
      if (line.trim() === "" || line.startsWith("#")) return [];
      try {
        return [parsePublicLine(line)];
      } catch (error) {
        throw new Error(`${path}, line ${i + 1}: ${(error as Error).message}`);
      }
    });
  }

  /** Adds a machine. False when it is there already. Throws when its name is another's. */
  allow(peer: PublicKeys): boolean {
    const known = this.allowed();
    const same = known.find(({ name }) => name === peer.name);
    if (same !== undefined) {
      if (publicLine(same) === publicLine(peer)) return false;
      throw new Error(
        `keys: expected another name than "${peer.name}", found it taken by other keys; remove those first`,
      );
    }
    this.#write([...known, peer]);
    return true;
  }

  /** Throws when nobody has that name. */
  remove(name: string): void {
    const known = this.allowed();
    const rest = known.filter((peer) => peer.name !== name);
    if (rest.length === known.length) throw new Error(`keys: expected a machine called "${name}", found none`);
    this.#write(rest);
  }

  #write(peers: readonly PublicKeys[]): void {
    const path = join(this.directory, ALLOWED);
    fs.mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    writeWhole(path, peers.map((peer) => `${publicLine(peer)}\n`).join(""), { flush: true });
  }
}
