import { nkeys } from "@nats-io/transport-node";

type Pair = ReturnType<typeof nkeys.createUser>;

/** What a user may publish and subscribe to; left out: everything of its account. */
export interface Permissions {
  readonly pub: readonly string[];
  readonly sub: readonly string[];
}

const NO_LIMIT = { subs: -1, data: -1, payload: -1 };
const ACCOUNT_LIMITS = { ...NO_LIMIT, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };
const JETSTREAM_LIMITS = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };

/** An operator with an account whose users come with JWTs, as `nsc` makes them; a server needs to be told the operator alone. */
export class Accounts {
  readonly #operator = nkeys.createOperator();
  readonly #system = nkeys.createAccount();
  readonly #account = nkeys.createAccount();

  /** Lines of a server's configuration. */
  get serverLines(): string {
    const named = (name: string, pair: Pair, limits: object) =>
      token(this.#operator, pair, name, { type: "account", limits: { ...ACCOUNT_LIMITS, ...limits } });
    const [system, account] = [this.#system.getPublicKey(), this.#account.getPublicKey()];
    return `
      operator: ${token(this.#operator, this.#operator, "operator", { type: "operator", system_account: system })}
      system_account: ${system}
      resolver: MEMORY
      resolver_preload: {
        ${system}: ${named("SYS", this.#system, {})}
        ${account}: ${named("robots", this.#account, JETSTREAM_LIMITS)}
      }`;
  }

  /** Text of a `.creds` file. */
  user(name: string, permissions?: Permissions): string {
    const pair = nkeys.createUser();
    const allowed = permissions && { pub: { allow: permissions.pub }, sub: { allow: permissions.sub } };
    const jwt = token(this.#account, pair, name, { type: "user", ...NO_LIMIT, ...(allowed ?? { pub: {}, sub: {} }) });
    const seed = new TextDecoder().decode(pair.getSeed());
    return [
      `-----BEGIN NATS USER JWT-----\n${jwt}\n------END NATS USER JWT------\n`,
      `-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`,
    ].join("\n");
  }
}

/** What `issuer` says of `subject`. */
function token(issuer: Pair, subject: Pair, name: string, nats: object): string {
  const iat = Math.floor(Date.now() / 1000);
  const claims = { jti: name, iat, iss: issuer.getPublicKey(), sub: subject.getPublicKey(), name };
  const encoded = [
    { typ: "JWT", alg: "ed25519-nkey" },
    { ...claims, nats: { ...nats, version: 2 } },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  const text = encoded.join(".");
  return `${text}.${Buffer.from(issuer.sign(Buffer.from(text))).toString("base64url")}`;
}
