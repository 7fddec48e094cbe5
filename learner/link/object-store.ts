import type { JetStreamClient } from "@nats-io/jetstream";
import type { ObjectStore } from "@nats-io/obj";
import type { LearnerConfig } from "../config.ts";
import type { PolicyFiles, PolicyNames, PolicyStore } from "./listener.ts";

/** Names begin with the version, so that they sort by age, and end with what they hold. */
export function policyNames({ policyVersion, weightsHash, graphHash }: PolicyFiles): PolicyNames {
  const version = String(policyVersion).padStart(10, "0");
  return { weights: `weights-${version}-${weightsHash.slice(0, 16)}`, graph: `graph-${graphHash.slice(0, 16)}` };
}

/** Policies in a NATS object store: the newest of them, each graph once. */
export class ObjectPolicies implements PolicyStore {
  readonly #js: JetStreamClient;
  readonly #bucket: string;
  readonly #settings: LearnerConfig["nats"];
  /** Weights with their graph, the newest last. */
  #kept: PolicyNames[] = [];
  /** Names in the store as far as this learner put them; undefined before it looked what is there. */
  #there: readonly string[] | undefined;

  constructor(js: JetStreamClient, bucket: string, settings: LearnerConfig["nats"]) {
    this.#js = js;
    this.#bucket = bucket;
    this.#settings = settings;
  }

  /** One call at a time. Rejects after `storeMs`: a server that dies in between may never answer. */
  async put(files: PolicyFiles): Promise<PolicyNames> {
    const { storeMs } = this.#settings;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`nothing heard for ${storeMs} ms`)), storeMs);
    });
    try {
      return await Promise.race([this.#putAll(files), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #putAll(files: PolicyFiles): Promise<PolicyNames> {
    const { Objm } = await import("@nats-io/obj");
    const { replicas, policiesMb } = this.#settings;
    const store = await new Objm(this.#js).create(this.#bucket, {
      replicas,
      max_bytes: Math.round(policiesMb * 2 ** 20),
    });
    const names = policyNames(files);
    await this.#prune(store, names);
    await this.#putFile(store, names.graph, files.graph);
    await this.#putFile(store, names.weights, files.weights);
    this.#kept = [...this.#kept.filter(({ weights }) => weights !== names.weights), names];
    return names;
  }

  async #putFile(store: ObjectStore, name: string, file: Uint8Array): Promise<void> {
    const known = await store.info(name);
    if (known === null || known.deleted || known.size !== file.length) await store.putBlob({ name }, file);
  }

  /** Makes room for one more; the first time, what an earlier learner left goes as well. */
  async #prune(store: ObjectStore, next: PolicyNames): Promise<void> {
    this.#kept = this.#kept.slice(-Math.max(0, this.#settings.keepPolicies - 1));
    const wanted = new Set([next, ...this.#kept].flatMap(({ weights, graph }) => [weights, graph]));
    const there = this.#there ?? (await store.list()).map(({ name }) => name);
    for (const name of there) if (!wanted.has(name)) await this.#delete(store, name);
    this.#there = [...wanted];
  }

  /** A deleted object leaves a line that says so, for ever: that goes too. */
  async #delete(store: ObjectStore, name: string): Promise<void> {
    await store.delete(name);
    const jsm = await this.#js.jetstreamManager();
    const { Base64UrlPaddedCodec } = await import("@nats-io/obj");
    await jsm.streams.purge(`OBJ_${this.#bucket}`, {
      filter: `$O.${this.#bucket}.M.${Base64UrlPaddedCodec.encode(name)}`,
    });
  }
}
