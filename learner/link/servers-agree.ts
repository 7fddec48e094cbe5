import { setTimeout as sleep } from "node:timers/promises";

/** After one of them died the servers of a cluster choose who leads a stream, and who leads them all, within seconds. */
const MOST_MS = 30_000;
const RETRY_MS = 500;
/** JetStream's error codes: the cluster has no leader just now, and: this server does not lead it. */
const NO_LEADER: ReadonlySet<unknown> = new Set([10_008, 10_009]);

/** Does something at a NATS server, again while its cluster has no leader to do it. Throws what does not pass by itself. */
export async function whenServersAgree<T>(act: () => Promise<T>, tell: (text: string) => void): Promise<T> {
  for (const until = performance.now() + MOST_MS; ; await sleep(RETRY_MS)) {
    try {
      return await act();
    } catch (error) {
      const { name, code, message } = error as Error & { readonly code?: unknown };
      const passes = name === "TimeoutError" || NO_LEADER.has(code);
      if (!passes || performance.now() > until) throw error;
      tell(`waits for the servers to agree on who leads: ${message}`);
    }
  }
}
