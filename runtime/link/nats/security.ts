import * as fs from "node:fs";
import type { Authenticator, NodeConnectionOptions } from "@nats-io/transport-node";
import { isLoopback } from "../../trust/endpoint.ts";
import type { NatsSecurity } from "../../trust/endpoint-security.ts";

type Secured = Pick<NodeConnectionOptions, "authenticator" | "tls">;

/** What a connection needs to be let in and to know the server; beyond this machine, it has to be TLS. */
export async function secured(endpoint: string, { credentials, ca }: NatsSecurity): Promise<Secured> {
  const authenticator = credentials === "" ? {} : { authenticator: await readCredentials(credentials) };
  const needsTls = ca !== "" || !isLoopback(endpoint);
  if (!needsTls) return authenticator;
  return { ...authenticator, tls: ca === "" ? {} : { ca: fs.readFileSync(ca, "utf8") } };
}

/**
 * A file that only its owner can read: NATS credentials (`.creds`), the seed of an nkey, or a user's name and password on a
 * line each. Throws saying which it is not; what is in it is never repeated.
 */
async function readCredentials(path: string): Promise<Authenticator> {
  const found = fs.statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new Error(`${path}: expected credentials for NATS, found no file`);
  if ((found.mode & 0o077) !== 0) {
    throw new Error(`${path}: expected a file that only its owner can read, found more: chmod 600 ${path}`);
  }
  const nats = await import("@nats-io/transport-node");
  const text = fs.readFileSync(path, "utf8");
  if (text.includes("BEGIN NATS USER JWT")) return nats.credsAuthenticator(new TextEncoder().encode(text));
  const [first = "", second, ...rest] = text.split("\n").filter((line) => line.trim() !== "");
  if (second === undefined && /^SU[A-Z2-7]{56}$/.test(first.trim())) {
    return nats.nkeyAuthenticator(new TextEncoder().encode(first.trim()));
  }
  if (second !== undefined && rest.length === 0) return nats.usernamePasswordAuthenticator(first.trim(), second.trim());
  throw new Error(`${path}: expected a .creds file, an nkey's seed, or a user and a password on a line each`);
}
