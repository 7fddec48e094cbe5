import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { KeyStore } from "../trust/key-store.ts";
import { makeKeys, parsePublicLine, publicLine } from "../trust/keys.ts";
import { parseArguments } from "./arguments.ts";
import { UsageError } from "./usage-error.ts";

export const usage = `keys new [name] | list | allow <file> | remove <name>

Moves nothing. The keys by which a robot and its learner know each other when they are on two machines.

  new [name]      makes this machine's keys, by default under its host's name, and says which file to give to others
  allow <file>    lets the machine whose public file this is talk to this one; - reads standard input
  remove <name>   no longer does; connections that stand are not cut
  list            this machine, and those it allows
  --keys <dir>    where they are kept, by default ~/.config/reverie/keys

Each machine makes its own once and allows the other's. Then "reverie learner --bind tcp://0.0.0.0:5556" and
"reverie robot <robot> --learner tcp://<host>:5556" encrypt what they say, hear nobody else, and the robot acts only with
policies that its learner has signed. On one machine (127.0.0.1) no keys are needed.`;

export async function keys(argv: readonly string[]): Promise<number> {
  const args = parseArguments("keys", argv, { keys: "text" });
  const [act = "", what, extra] = args.positionals;
  const store = new KeyStore(args.values.keys);
  if (!["new", "list", "allow", "remove"].includes(act)) {
    throw new UsageError(`keys: expected new, list, allow or remove, found ${act === "" ? "nothing" : `"${act}"`}`);
  }
  const surplus = act === "list" ? what : extra;
  if (surplus !== undefined) throw new UsageError(`keys ${act}: expected no more arguments, found "${surplus}"`);
  if (act === "new") return make(store, what ?? hostname());
  if (act === "list") return list(store);
  if (what === undefined) {
    throw new UsageError(`keys ${act}: expected ${act === "allow" ? "<file>" : "<name>"}, found nothing`);
  }
  return act === "allow" ? allow(store, what) : remove(store, what);
}

async function make(store: KeyStore, name: string): Promise<number> {
  store.save(await makeKeys(name));
  console.log(`Keys of "${name}" are in ${store.directory}; the secret half stays there.`);
  console.log(`Give ${store.publicPath} to the other machine, and there: reverie keys allow <that file>`);
  return 0;
}

function allow(store: KeyStore, file: string): number {
  const text = readFileSync(file === "-" ? 0 : file, "utf8");
  try {
    const peer = parsePublicLine(text);
    console.log(store.allow(peer) ? `"${peer.name}" is allowed.` : `"${peer.name}" is allowed already.`);
  } catch (error) {
    throw new Error(`${file === "-" ? "standard input" : file}: ${(error as Error).message}`);
  }
  return 0;
}

function remove(store: KeyStore, name: string): number {
  store.remove(name);
  console.log(`"${name}" is no longer allowed; a learner or robot that runs heeds it when it is started again.`);
  return 0;
}

function list(store: KeyStore): number {
  const own = store.own();
  console.log(
    own === undefined ? 'This machine has no keys yet: "reverie keys new".' : `This machine: ${publicLine(own)}`,
  );
  const allowed = store.allowed();
  if (allowed.length === 0) console.log("It allows nobody.");
  for (const peer of allowed) console.log(`Allowed: ${publicLine(peer)}`);
  return 0;
}
